/** Gives a person a file to keep, as a link to a download would. */
export function saveAs(content: Blob, fileName: string): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(content)
  link.download = fileName
  link.click()
  URL.revokeObjectURL(link.href)
}
