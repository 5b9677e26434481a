import { dirname, posix, relative, resolve } from "node:path"

/**
 * An ESLint rule that holds the direction of dependencies between the project's folders. Options: a list of
 * `{ from, folders, runtime, except }`: files below `from` import nothing below one of `folders`, not even a type, and of
 * packages whose name begins with one of `runtime` only types and what `except` names.
 */
export const oneWayImports = {
  meta: {
    type: "problem",
    schema: { type: "array" },
    messages: {
      folder: "Files below {{from}} must not import from {{target}}: dependencies point the other way.",
      runtime: "Files below {{from}} must not depend on {{source}} at run time; a type-only import is fine.",
    },
  },
  create(context) {
    const file = toPosix(relative(context.cwd, context.filename))
    const rules = context.options.filter(({ from }) => isBelow(file, from))
    const check = (node, source, typeOnly) => {
      for (const { from, folders = [], runtime = [], except = [] } of rules) {
        const target = source.startsWith(".") ? toPosix(relative(context.cwd, resolve(dirname(context.filename), source))) : undefined
        const folder = target && folders.find((name) => isBelow(target, name))
        if (folder) {
          context.report({ node, messageId: "folder", data: { from, target: folder } })
        }
        if (!target && !typeOnly && !except.includes(source) && runtime.some((name) => source === name || source.startsWith(`${name}/`))) {
          context.report({ node, messageId: "runtime", data: { from, source } })
        }
      }
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value, isTypeOnly(node, node.specifiers, "importKind")),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source.value, isTypeOnly(node, node.specifiers, "exportKind")),
      ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
      ImportExpression: (node) => node.source.type === "Literal" && check(node, node.source.value, false),
      "CallExpression[callee.name='require'] > Literal": (node) => typeof node.value === "string" && check(node, node.value, false),
      TSImportType: (node) => node.argument.literal && check(node, node.argument.literal.value, true),
    }
  },
}

function isTypeOnly(node, specifiers, kind) {
  return node[kind] === "type" || (specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === "type"))
}

function isBelow(path, folder) {
  return path === folder || path.startsWith(`${folder}/`)
}

function toPosix(path) {
  return path.replaceAll("\\", posix.sep)
}
