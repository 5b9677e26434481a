/** Digit counts of GTIN-8, UPC-A, EAN-13 and ITF-14, the forms Meta takes (catalog reference). */
const LENGTHS = new Set([8, 12, 13, 14])

/** Whether the text looks like a GTIN: only digits (blanks and dashes aside), of a length a GTIN has. */
export function looksLikeGtin(text: string): boolean {
  const digits = bare(text)
  return LENGTHS.has(digits.length) && /^\d+$/.test(digits)
}

/** The digits of a GTIN whose check digit is right, or null. */
export function parseGtin(text: string): string | null {
  const digits = bare(text)
  return looksLikeGtin(digits) && !/^0+$/.test(digits) && checkDigit(digits, digits.length - 1) === Number(digits.at(-1)) ? digits : null
}

/**
 * GS1 check digit of the first `length` digits: from the right, digits weigh 3 and 1 in turn, and the check digit completes
 * the sum to a multiple of ten.
 */
export function checkDigit(digits: string, length = digits.length): number {
  let sum = 0
  for (let index = length - 1, weight = 3; index >= 0; index -= 1, weight = 4 - weight) {
    sum += (digits.charCodeAt(index) - 48) * weight
  }
  return (10 - (sum % 10)) % 10
}

function bare(text: string): string {
  return /[\s-]/.test(text) ? text.replace(/[\s-]/g, "") : text
}
