/** The code word of a failed connection or stream ("ECONNRESET", "UND_ERR_SOCKET", …), else the error's name. */
export function systemCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) {
    return "UNKNOWN"
  }
  if ("code" in error && typeof error.code === "string") {
    return error.code
  }
  return "name" in error && typeof error.name === "string" ? error.name : "UNKNOWN"
}
