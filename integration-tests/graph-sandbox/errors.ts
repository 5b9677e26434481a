import { randomBytes } from "node:crypto"

export type GraphErrorDetails = {
  code: number
  message: string
  subcode?: number
  type?: "OAuthException" | "GraphMethodException" | "FacebookApiException"
  httpStatus?: number
  isTransient?: boolean
  userTitle?: string
  userMessage?: string
}

/** A call refused with an error envelope (CONTRACT 1.4). */
export class GraphError extends Error {
  constructor(readonly details: GraphErrorDetails) {
    super(details.message)
    this.name = "GraphError"
  }
}

/** The JSON document of an error, with a trace id of its own. Optional keys are missing when they have no value, as at Meta. */
export function errorEnvelope(details: GraphErrorDetails): { error: Record<string, unknown> } {
  return {
    error: {
      message: details.message,
      type: details.type ?? "OAuthException",
      code: details.code,
      ...(details.subcode === undefined ? {} : { error_subcode: details.subcode }),
      ...(details.isTransient === undefined ? {} : { is_transient: details.isTransient }),
      ...(details.userTitle === undefined ? {} : { error_user_title: details.userTitle }),
      ...(details.userMessage === undefined ? {} : { error_user_msg: details.userMessage }),
      fbtrace_id: `A${randomBytes(16).toString("base64url")}`,
    },
  }
}

/** Code 100: a parameter is missing, unknown or has a value that cannot be used. */
export function badParameter(text: string): GraphError {
  return new GraphError({ code: 100, message: `(#100) ${text}`, isTransient: false })
}

/** Code 100, subcode 33: there is no such object, or this token may not see it. Meta does not say which. */
export function unknownObject(method: string, id: string): GraphError {
  return new GraphError({
    code: 100,
    subcode: 33,
    type: "GraphMethodException",
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, ` +
      "or does not support this operation",
  })
}

/** Code 2500: the path or a field expression cannot be read. */
export function unreadable(text: string): GraphError {
  return new GraphError({ code: 2500, message: `(#2500) ${text}` })
}

/** Code 10: the token lacks a permission for a read. */
export function permissionMissing(permission: string): GraphError {
  return new GraphError({ code: 10, message: `(#10) This call needs the permission ${permission}` })
}

/** Code 200: the token lacks a permission for a change. */
export function writePermissionMissing(permission: string): GraphError {
  return new GraphError({ code: 200, message: `(#200) Changes here need the permission ${permission}` })
}
