/**
 * One row of the full error report. `fields` are feed columns, `affected` the capabilities that suffer ("da"), `row` Meta's row number.
 * A severity in unknown words reads as fatal: an item wrongly taken for stored would be sent changes that Meta drops.
 */
export type ErrorReportRow = {
  retailerId: string | null
  message: string
  severity: "fatal" | "warning"
  /** Meta's word for the kind of problem, where the report has a column for it. */
  errorType: string | null
  fields: string[]
  affected: string[]
  row: number | null
}

/**
 * Likely names of each column, best first, compared as lower-case letters and digits. What the report holds is known, its exact headers are
 * not (CONTRACT 6.4).
 */
const NAMES = {
  retailerId: ["retailerid", "contentid", "retailerproductid", "id", "itemid", "productid", "sku"],
  message: ["message", "errormessage", "error", "summary", "errorsummary", "description", "issue", "title"],
  severity: ["severity", "errorseverity", "level", "errorlevel"],
  errorType: ["errortype", "errorcode"],
  fields: ["fields", "fieldnames", "field", "fieldname", "properties", "propertynames", "property", "attributes", "attribute", "columns"],
  affected: ["affected", "affectedcapability", "affectedcapabilities", "capability", "capabilities", "affectedsurfaces", "affectedchannels"],
  row: ["row", "rownumber", "line", "linenumber"],
}

/** Position of each column in a report, -1 where it has none. */
export type ReportColumns = Record<keyof typeof NAMES, number>

/** Finds the columns by the header row, or returns null when none names the item. */
export function findColumns(header: readonly string[]): ReportColumns | null {
  const names = header.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""))
  const positionOf = (column: keyof typeof NAMES) => {
    const name = NAMES[column].find((candidate) => names.includes(candidate))
    return name === undefined ? -1 : names.indexOf(name)
  }
  const columns = {
    retailerId: positionOf("retailerId"),
    message: positionOf("message"),
    severity: positionOf("severity"),
    errorType: positionOf("errorType"),
    fields: positionOf("fields"),
    affected: positionOf("affected"),
    row: positionOf("row"),
  }
  return columns.retailerId === -1 ? null : columns
}

/** Reads one row of a report. */
export function readRow(cells: readonly string[], columns: ReportColumns): ErrorReportRow {
  const cell = (column: keyof ReportColumns) => cells[columns[column]]?.trim() ?? ""
  const row = Number.parseInt(cell("row"), 10)
  return {
    retailerId: cell("retailerId") || null,
    message: cell("message"),
    severity: severityOf(columns.severity === -1 ? cells : [cell("severity")]),
    errorType: cell("errorType") || null,
    fields: listOf(cell("fields")),
    affected: listOf(cell("affected")),
    row: Number.isNaN(row) ? null : row,
  }
}

/** The first word that names a severity; without a column of that name any cell may hold it. */
function severityOf(cells: readonly string[]): ErrorReportRow["severity"] {
  const word = cells.map((cell) => cell.trim().toLowerCase()).find((cell) => cell === "fatal" || cell === "warning")
  return word === "warning" ? "warning" : "fatal"
}

/** A list in one cell: JSON, or words between commas, semicolons or bars. */
function listOf(cell: string): string[] {
  return cell
    .replace(/^\[|\]$/g, "")
    .split(/[,;|]/)
    .map((word) => word.trim().replace(/^["']|["']$/g, ""))
    .filter((word) => word !== "")
}
