import { NETTINGS, type Result } from "./compare"
import type { Trace } from "./trace"

/** Pixels of one panel, its frame and the whole. */
const PANEL = { width: 300, height: 240, left: 62, top: 54, right: 14, bottom: 46 }
const LEGEND_HEIGHT = 92
const PER_LEGEND_ROW = 4

/** Pixels from a mark's middle to its edge; a mark that lies on others is smaller, so that theirs look out from under it. */
const MARK = 6
const NEAR = 4

/** Told apart by colour-blind readers, and dark enough on white as well as light enough on black; with a shape for each colour's second use. */
const COLOURS = ["#3b7dd8", "#d9691e", "#2f9e6e", "#b452a8", "#8a7a1f", "#cf4658", "#5f8a94"]
const SHAPES = ["circle", "square"] as const

type Scale = (value: number) => number

/**
 * Oversold units against lost units, a panel for each trace and a row for each way Meta may treat orders. Both axes are logarithmic with
 * 0 at their start (the logarithm of the value and one). An SVG without scripts, outer files or fonts of its own, in the reader's
 * light or dark colours.
 */
export function plotOf(traces: readonly Trace[], results: readonly Result[]): string {
  const policies = [...new Set(results.map((result) => result.policy))]
  const width = PANEL.width * traces.length
  const legendTop = PANEL.height * NETTINGS.length
  const height = legendTop + LEGEND_HEIGHT
  const panels = NETTINGS.flatMap((netting, row) =>
    traces.map((trace, column) => {
      const points = results.filter((result) => result.trace === trace.name && result.netting === netting)
      const title = `${trace.name} · order netting: ${netting}`
      return `<g transform="translate(${column * PANEL.width} ${row * PANEL.height})">${panelOf(title, points, policies)}</g>`
    })
  )
  const legend = policies.map((policy, index) => {
    const x = 24 + (index % PER_LEGEND_ROW) * ((width - 24) / PER_LEGEND_ROW)
    const y = legendTop + 14 + Math.floor(index / PER_LEGEND_ROW) * 20
    return `${markOf(index, { x, y, size: MARK })}<text x="${x + 12}" y="${y + 4}">${escaped(policy)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">Units oversold against units lost, by stock policy</title>`,
    "<style>",
    "svg{background:#fff;font:11px system-ui,sans-serif}text{fill:#333}.title{font-weight:600;font-size:12px}.frame{stroke:#999;fill:none}.grid{stroke:#e4e4e4}.mark{stroke:#fff}",
    "@media(prefers-color-scheme:dark){svg{background:#15181c}text{fill:#d6d9de}.frame{stroke:#777}.grid{stroke:#2b3037}.mark{stroke:#15181c}}",
    "</style>",
    ...panels,
    ...legend,
    "</svg>",
    "",
  ].join("\n")
}

function panelOf(title: string, points: readonly Result[], policies: readonly string[]): string {
  const [right, bottom] = [PANEL.width - PANEL.right, PANEL.height - PANEL.bottom]
  const most = (of: (result: Result) => number) => Math.max(9, ...points.map(of))
  const x = scaleOf(most(({ outcome }) => outcome.lost), PANEL.left + 8, right - 8)
  const y = scaleOf(most(({ outcome }) => outcome.oversold), bottom - 8, PANEL.top + 8)
  const grid = [
    ...ticksUpTo(most(({ outcome }) => outcome.lost)).map(
      (tick) =>
        `<path class="grid" d="M${fixed(x(tick))} ${PANEL.top}V${bottom}"/><text x="${fixed(x(tick))}" y="${bottom + 15}" text-anchor="middle">${short(tick)}</text>`
    ),
    ...ticksUpTo(most(({ outcome }) => outcome.oversold)).map(
      (tick) =>
        `<path class="grid" d="M${PANEL.left} ${fixed(y(tick))}H${right}"/><text x="${PANEL.left - 6}" y="${fixed(y(tick) + 4)}" text-anchor="end">${short(tick)}</text>`
    ),
  ]
  const taken: { x: number; y: number }[] = []
  const marks = points.map(({ policy, outcome }) => {
    const at = { x: x(outcome.lost), y: y(outcome.oversold) }
    const below = taken.filter((other) => Math.hypot(other.x - at.x, other.y - at.y) < NEAR).length
    taken.push(at)
    const told = `${policy}: ${outcome.oversold} oversold, ${outcome.lost} lost`
    return `<g><title>${escaped(told)}</title>${markOf(policies.indexOf(policy), { ...at, size: Math.max(2.5, MARK - 1.5 * below) })}</g>`
  })
  return [
    `<text class="title" x="${PANEL.left}" y="${PANEL.top - 20}">${escaped(title)}</text>`,
    ...grid,
    `<rect class="frame" x="${PANEL.left}" y="${PANEL.top}" width="${right - PANEL.left}" height="${bottom - PANEL.top}"/>`,
    ...marks,
    `<text x="${(PANEL.left + right) / 2}" y="${bottom + 33}" text-anchor="middle">units lost though there</text>`,
    `<text transform="translate(16 ${(PANEL.top + bottom) / 2}) rotate(-90)" text-anchor="middle">units oversold</text>`,
  ].join("\n")
}

/** One policy's mark: a colour, and a shape where colours are used again. */
function markOf(index: number, { x, y, size }: { x: number; y: number; size: number }): string {
  const colour = COLOURS[index % COLOURS.length]
  const shape = SHAPES[Math.floor(index / COLOURS.length) % SHAPES.length]
  return shape === "circle"
    ? `<circle class="mark" cx="${fixed(x)}" cy="${fixed(y)}" r="${fixed(size)}" fill="${colour}"/>`
    : `<rect class="mark" x="${fixed(x - 0.9 * size)}" y="${fixed(y - 0.9 * size)}" width="${fixed(1.8 * size)}" height="${fixed(1.8 * size)}" fill="${colour}"/>`
}

function scaleOf(most: number, from: number, to: number): Scale {
  return (value) => from + ((to - from) * Math.log1p(value)) / Math.log1p(most)
}

/** 0, 1, 10, 100 … as far as the values go. */
function ticksUpTo(most: number): number[] {
  return [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].filter((tick) => tick <= most)
}

function short(tick: number): string {
  return tick.toLocaleString("en-GB")
}

function fixed(number: number): string {
  return number.toFixed(1)
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
}
