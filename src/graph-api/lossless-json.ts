/** From sixteen digits on an integer may lie above 2^53, where JSON.parse would round it to a neighbour. */
const MAY_LOSE_DIGITS = /\d{16}/
const LONG_INTEGER = /^-?\d{16,}$/
const NUMBER_CHARACTERS = /[-+.\deE]/y

/**
 * JSON.parse that keeps Meta's ids whole: a bare integer of sixteen digits or more arrives as a string with the same digits.
 * Ids are numeric strings by contract, yet some replies print them as bare numbers (CONTRACT 1.3, seed 4).
 *
 * Throws SyntaxError as JSON.parse does.
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(MAY_LOSE_DIGITS.test(text) ? quoteLongIntegers(text) : text)
}

function quoteLongIntegers(text: string): string {
  let quoted = ""
  let copied = 0
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === '"') {
      at = endOfString(text, at)
    } else if (character === "-" || (character >= "0" && character <= "9")) {
      const end = endOfNumber(text, at)
      const number = text.slice(at, end)
      if (LONG_INTEGER.test(number)) {
        quoted += `${text.slice(copied, at)}"${number}"`
        copied = end
      }
      at = end
    } else {
      at++
    }
  }
  return quoted + text.slice(copied)
}

/** The position behind the closing quote of the string that opens at `start`; the end of the text if it never closes. */
function endOfString(text: string, start: number): number {
  let close = text.indexOf('"', start + 1)
  while (close !== -1 && isEscaped(text, close)) {
    close = text.indexOf('"', close + 1)
  }
  return close === -1 ? text.length : close + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === "\\") {
    backslashes++
  }
  return backslashes % 2 === 1
}

function endOfNumber(text: string, start: number): number {
  let end = start
  NUMBER_CHARACTERS.lastIndex = end
  while (NUMBER_CHARACTERS.test(text)) {
    end++
    NUMBER_CHARACTERS.lastIndex = end
  }
  return end
}
