import { readPage, type PageData, type PageFeed } from "./human-page-data"
import { STYLE } from "./human-page-style"
import { html, raw, type Html } from "./html"
import type { World } from "./world"

const REFRESH_MS = 3000

/** The page a person watches Meta's side on; `search` holds `catalog`, `q` and `page`. It fetches itself anew every few seconds. */
export async function renderPage(world: World, search: URLSearchParams): Promise<string> {
  const data = await readPage(world, {
    catalogId: search.get("catalog"),
    query: search.get("q") ?? "",
    page: Math.max(1, Number.parseInt(search.get("page") ?? "1", 10) || 1),
  })
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Graph sandbox</title>
        <style>
          ${raw(STYLE)}
        </style>
        <noscript><meta http-equiv="refresh" content="5" /></noscript>
      </head>
      <body>
        <header>
          <h1>Graph sandbox <small>a stand-in for graph.facebook.com</small></h1>
          <span class="clock" data-live="clock">${clockText(world)}</span>
        </header>
        <nav data-live="catalogs">
          ${data.catalogs.map(
            (catalog) =>
              html`<a class="${catalog.id === data.catalogId ? "chosen" : ""}" href="/?catalog=${catalog.id}"
                ><strong>${catalog.name}</strong><span>${catalog.id}</span><span>${catalog.items} items, ${catalog.feeds} feeds</span></a
              >`
          )}
        </nav>
        ${data.catalogId === null ? html`<p class="nothing">There is no catalogue yet.</p>` : catalogSections(data)}
        <section data-live="calls">
          <h2>Recent calls</h2>
          ${callsTable(data)}
        </section>
        <script>
          ${raw(SCRIPT)}
        </script>
      </body>
    </html>`.text
}

const SCRIPT = `
setInterval(async () => {
  if (document.hidden) return
  const reply = await fetch(location.href).catch(() => null)
  if (!reply || !reply.ok) return
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html")
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector('[data-live="' + part.dataset.live + '"]')
    if (next && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML
  }
}, ${REFRESH_MS})`

function clockText(world: World): string {
  return `${world.clock.now().toISOString().replace("T", " ").slice(0, 19)} UTC`
}

function catalogSections(data: PageData): Html {
  return html`<section>
      <h2>Items</h2>
      <form method="get" action="/">
        <input type="hidden" name="catalog" value="${data.catalogId}" />
        <input type="search" name="q" value="${data.query}" placeholder="Retailer id or title" aria-label="Search items" />
        <button>Search</button>
      </form>
      <div data-live="items">${itemsTable(data)}</div>
    </section>
    <section data-live="feeds">
      <h2>Feeds and uploads</h2>
      ${data.feeds.length === 0 ? html`<p class="nothing">No feed yet.</p>` : data.feeds.map(feedBlock)}
    </section>
    <section data-live="batches">
      <h2>Recent batches</h2>
      ${batchesTable(data)}
    </section>`
}

function itemsTable(data: PageData): Html {
  if (data.items.length === 0) {
    return html`<p class="nothing">${data.query ? "No item matches." : "No items yet."}</p>`
  }
  const address = (page: number) => `/?catalog=${data.catalogId}&q=${encodeURIComponent(data.query)}&page=${page}`
  return html`<table>
      <thead>
        <tr>
          <th>Retailer id</th>
          <th>Title</th>
          <th>Availability</th>
          <th class="number">Quantity</th>
          <th>Price</th>
          <th>Visibility</th>
          <th>Last change</th>
        </tr>
      </thead>
      <tbody>
        ${data.items.map(
          (item) =>
            html`<tr>
              <td><code>${item.retailer_id}</code> ${item.overrides.map((key) => badge(key, "warn"))}</td>
              <td>${item.title ?? "—"}</td>
              <td>
                ${badge(item.availability ?? "—", item.availability === "in stock" ? "good" : item.availability === "out of stock" ? "bad" : "")}
              </td>
              <td class="number">${item.quantity_to_sell_on_facebook ?? "—"}</td>
              <td>${item.sale_price ? html`<s>${item.price ?? ""}</s> ${item.sale_price}` : (item.price ?? "—")}</td>
              <td>${item.visibility}</td>
              <td>${time(item.updated_at)} ${badge(item.updated_by, item.updated_by)}</td>
            </tr>`
        )}
      </tbody>
    </table>
    <p class="pages">
      ${data.page > 1 ? html`<a href="${address(data.page - 1)}">Previous</a>` : ""}
      <span>page ${data.page} of ${data.pages}, ${data.total} items</span>
      ${data.page < data.pages ? html`<a href="${address(data.page + 1)}">Next</a>` : ""}
    </p>`
}

function feedBlock(feed: PageFeed): Html {
  return html`<article>
    <h3>${feed.name} <small>${feed.id}, ${feed.kind ?? `${feed.items} items`}</small></h3>
    ${feed.schedules.map(
      (schedule) =>
        html`<p>
          ${schedule.kind}: ${schedule.words}, next ${schedule.next ? time(schedule.next) : "—"}, from <code>${schedule.url}</code>
        </p>`
    )}
    ${feed.last_fetch ? html`<p>Last scheduled fetch ${time(new Date(feed.last_fetch.at))}: ${feed.last_fetch.status}</p>` : ""}
    ${
      feed.uploads.length === 0
        ? html`<p class="nothing">No upload yet.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>Upload</th>
                <th>Kind</th>
                <th>How</th>
                <th>Started</th>
                <th>Ended</th>
                <th class="number">Detected</th>
                <th class="number">Persisted</th>
                <th class="number">Deleted</th>
                <th class="number">Invalid</th>
                <th>Problems</th>
              </tr>
            </thead>
            <tbody>
              ${feed.uploads.map(
                (upload) =>
                  html`<tr>
                    <td><code>${upload.id}</code></td>
                    <td>${upload.kind}</td>
                    <td>${upload.input_method}</td>
                    <td>${time(upload.start_time)}</td>
                    <td>
                      ${upload.end_time ? html`${time(upload.end_time)} ${upload.failed ? badge("failed", "bad") : ""}` : badge("running", "busy")}
                    </td>
                    <td class="number">${upload.num_detected_items}</td>
                    <td class="number">${upload.num_persisted_items}</td>
                    <td class="number">${upload.num_deleted_items}</td>
                    <td class="number">${upload.num_invalid_items}</td>
                    <td>
                      ${upload.problems.map((problem) => html`<div>${badge(problem.severity, problem.severity === "fatal" ? "bad" : "warn")} ${problem.summary} <small>× ${problem.total_count}</small></div>`)}
                    </td>
                  </tr>`
              )}
            </tbody>
          </table>`
    }
  </article>`
}

function batchesTable(data: PageData): Html {
  if (data.batches.length === 0) {
    return html`<p class="nothing">No batch yet.</p>`
  }
  return html`<table>
    <thead>
      <tr>
        <th>Handle</th>
        <th>Status</th>
        <th class="number">Requests</th>
        <th class="number">Errors</th>
        <th class="number">Warnings</th>
        <th>Received</th>
        <th>Finished</th>
      </tr>
    </thead>
    <tbody>
      ${data.batches.map(
        (batch) =>
          html`<tr>
            <td><code>${batch.handle.slice(0, 12)}…</code></td>
            <td>
              ${badge(batch.status, batch.status === "Finished" ? "good" : batch.status === "Error" || batch.status === "Canceled" ? "bad" : "busy")}
            </td>
            <td class="number">${batch.request_count}</td>
            <td class="number">${batch.errors_total_count}</td>
            <td class="number">${batch.warnings_total_count}</td>
            <td>${time(batch.received_at)}</td>
            <td>${batch.finished_at ? time(batch.finished_at) : ""}</td>
          </tr>`
      )}
    </tbody>
  </table>`
}

function callsTable(data: PageData): Html {
  if (data.calls.length === 0) {
    return html`<p class="nothing">No call yet.</p>`
  }
  return html`<table>
    <thead>
      <tr>
        <th>Received</th>
        <th>Call</th>
        <th>Status</th>
        <th>Error</th>
        <th class="number">Body bytes</th>
        <th class="number">ms</th>
      </tr>
    </thead>
    <tbody>
      ${data.calls.map(
        (call) =>
          html`<tr>
            <td>${time(call.received_at)}</td>
            <td><code>${call.method} ${call.path}</code></td>
            <td>
              ${badge(call.status === null ? "no reply" : String(call.status), call.status === 200 ? "good" : "bad")} ${call.fault ?? ""}
            </td>
            <td>${call.error_code ?? ""}</td>
            <td class="number">${call.body_bytes}</td>
            <td class="number">${call.duration_ms}</td>
          </tr>`
      )}
    </tbody>
  </table>`
}

function badge(text: string, kind: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`
}

function time(instant: Date): Html {
  return html`<time datetime="${instant.toISOString()}">${instant.toISOString().replace("T", " ").slice(5, 19)}</time>`
}
