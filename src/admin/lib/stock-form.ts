import type { AdminStockSettings } from "../../api/admin/meta-catalog/stock-types"
import { REFILLS } from "../../catalog/stock/stock-policy"

/** A setting a person can change here; `fixed_since` is written by *Refill*. */
export type StockField = Exclude<keyof AdminStockSettings, "fixed_since">

/** What a form holds of the settings while a person types: numbers as text, no locations as none chosen, `fixed_since` as it came. */
export type StockValues = { [Field in StockField | "fixed_since"]?: string | boolean | string[] }

type Kind = "number" | "optional" | "choice" | "switch" | "locations"

/** Every setting and how it is typed, in the order of the form; `optional` is a number that may be left out. */
export const stockFields: Record<StockField, Kind> = {
  location_ids: "locations",
  allocation: "choice",
  share_percent: "number",
  fixed_quantity: "number",
  fixed_refill: "choice",
  cap: "optional",
  threshold_mode: "choice",
  threshold: "number",
  threshold_medium: "optional",
  threshold_fast: "optional",
  latency_safety: "switch",
  service_level: "choice",
  floor: "number",
  unmanaged: "choice",
  unmanaged_quantity: "number",
  backorder: "choice",
  backorder_days: "number",
  strategy: "choice",
}

export const stockFieldNames = Object.keys(stockFields) as StockField[]

const held = [...stockFieldNames, "fixed_since"] as const

/** The words a setting may be; service levels are shares, shown in percent. */
export const stockChoices = {
  allocation: ["all", "share", "fixed"],
  fixed_refill: REFILLS,
  threshold_mode: ["subtract", "cutoff"],
  service_level: ["0.9", "0.95", "0.98", "0.99", "0.995", "0.999"],
  unmanaged: ["fixed", "omit"],
  backorder: ["fixed", "stock", "available for order", "preorder"],
  strategy: ["fast", "slow"],
} as const satisfies { [Field in StockField]?: readonly string[] }

export type ChoiceField = keyof typeof stockChoices

/** The settings as the form shows them. Pure. */
export function toValues(settings: Partial<AdminStockSettings>): StockValues {
  const shown = held.filter((field) => settings[field] !== undefined).map((field) => [field, toValue(settings[field] ?? null)])
  return Object.fromEntries(shown.map(([field, value]) => [field, field === "location_ids" && value === "" ? [] : value])) as StockValues
}

function toValue(setting: string | number | boolean | string[] | null): string | boolean | string[] {
  return setting === null ? "" : typeof setting === "number" ? String(setting) : setting
}

/**
 * What the API is sent for these values, one setting for each. A number that is none goes as it was typed, so that the API says
 * which are allowed. Pure.
 */
export function toSettings(values: StockValues): Partial<AdminStockSettings> {
  const given = held.filter((field) => values[field] !== undefined)
  return Object.fromEntries(given.map((field) => [field, toSetting(field, values[field]!)])) as Partial<AdminStockSettings>
}

function toSetting(field: StockField | "fixed_since", value: string | boolean | string[]): string | number | boolean | string[] | null {
  if (Array.isArray(value)) {
    return value.length > 0 ? value : null
  }
  if (typeof value === "boolean") {
    return value
  }
  const kind = field === "fixed_since" ? "optional" : stockFields[field]
  if (kind === "optional" && value.trim() === "") {
    return null
  }
  const isNumber = (kind !== "choice" || field === "service_level") && field !== "fixed_since"
  return isNumber ? toNumber(value) : value
}

function toNumber(typed: string): number | string {
  const number = Number(typed)
  return typed.trim() !== "" && Number.isFinite(number) ? number : typed
}

/** Whether nothing is set that a person could see. Pure. */
export function setsNothing(values: StockValues): boolean {
  return stockFieldNames.every((field) => values[field] === undefined)
}

/** The settings of the catalogue that mean something beside the others, as the form shows them. Pure. */
export function fieldsInUse(values: StockValues): StockField[] {
  const idle = new Set<StockField>([
    ...(values.allocation === "share" ? [] : (["share_percent"] as const)),
    ...(values.allocation === "fixed" ? [] : (["fixed_quantity", "fixed_refill"] as const)),
    ...(values.latency_safety ? [] : (["service_level"] as const)),
    ...(values.unmanaged === "fixed" || values.backorder !== "stock" ? [] : (["unmanaged_quantity"] as const)),
    ...(values.backorder === "preorder" ? [] : (["backorder_days"] as const)),
  ])
  return stockFieldNames.filter((field) => !idle.has(field))
}
