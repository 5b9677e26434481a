import type { Severity } from "./entities/upload-error"

/** The error types of Meta's item error list that the sandbox finds in rows and requests. */
export type ErrorType =
  | "PROPERTY_VALUE_MISSING"
  | "PROPERTY_VALUE_FORMAT"
  | "PROPERTY_VALUE_NON_POSITIVE"
  | "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"
  | "PROPERTY_VALUE_UPPERCASE_WARNING"
  | "PROPERTY_VALUE_CONTAINS_HTML_TAGS"
  | "PROPERTY_PRICE_CURRENCY_NOT_SUPPORTED"
  | "INVALID_SALE_PRICE"
  | "INVENTORY_ZERO_AVAILABILITY_IN_STOCK"
  | "PRODUCT_ITEM_NOT_VISIBLE"
  | "UNSUPPORTED_PRODUCT_CATEGORY"
  | "RETAILER_ID_USED_BY_GROUP"
  | "GENERIC_INVALID_FIELD"

/** One problem of one row, request or file. `summary` follows Meta's known titles where there is one. */
export type Problem = { error_type: ErrorType; severity: Severity; field: string | null; summary: string; description: string }

export function missingField(field: string): Problem {
  return {
    error_type: "PROPERTY_VALUE_MISSING",
    severity: "fatal",
    field,
    summary: field === "description" ? "Descriptions are missing" : `A required field is missing: ${field}.`,
    description: `Every item needs a value for ${field}. Add it and upload the file again.`,
  }
}

export function duplicateId(): Problem {
  return {
    error_type: "GENERIC_INVALID_FIELD",
    severity: "fatal",
    field: "id",
    summary: "Non-Unique Value: id",
    description: "Several rows have this id. All of them are ignored.",
  }
}

export function ownedElsewhere(): Problem {
  return {
    error_type: "RETAILER_ID_USED_BY_GROUP",
    severity: "fatal",
    field: "id",
    summary: "Item Belongs to Another Data Feed: id",
    description: "An item can be in one primary feed only. Remove it from the other feed first.",
  }
}

export function unknownColumn(name: string): Problem {
  return {
    error_type: "GENERIC_INVALID_FIELD",
    severity: "warning",
    field: name,
    summary: `value of "${name}" is not correct`,
    description: "The column is not known and was ignored.",
  }
}

export function brokenRow(reason: string): Problem {
  return {
    error_type: "GENERIC_INVALID_FIELD",
    severity: "fatal",
    field: null,
    summary: "Missing or Incorrect Data",
    description: `The row cannot be read: ${reason}.`,
  }
}

/** A problem of the whole file: the session ends and nothing of it is applied. */
export function refusedFile(summary: string, description: string): Problem {
  return { error_type: "GENERIC_INVALID_FIELD", severity: "fatal", field: null, summary, description }
}
