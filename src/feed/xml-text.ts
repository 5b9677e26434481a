/** Characters XML 1.0 does not allow, whether written plainly or as a reference; unpaired surrogates are among them. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Everything that cannot stand in XML text as it is. */
// eslint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u0008\u000b-\u001f&<>"'\ud800-\udfff\ufffe\uffff]/

/** A carriage return must be a reference: a parser turns a plain one into a line feed. */
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;" }

/** Text as the content of an element or an attribute; what XML does not allow is left out. */
export function xmlText(text: string): string {
  if (!SPECIAL.test(text)) return text
  return text.replace(FORBIDDEN, "").replace(/[&<>"'\r]/g, (character) => ENTITIES[character])
}
