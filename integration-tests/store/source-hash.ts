import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join, relative } from "node:path"

const root = join(__dirname, "..", "..")

/**
 * A short hash of files below the project's root, to know whether something built from them is still true. Folders count
 * with everything below them, names that do not exist count as empty.
 */
export function sourceHash(paths: string[]): string {
  const hash = createHash("sha256")
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0")
  }
  return hash.digest("hex").slice(0, 12)
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) {
    return []
  }
  if (statSync(path).isFile()) {
    return [path]
  }
  return readdirSync(path)
    .sort()
    .filter((name) => name !== "__tests__")
    .flatMap((name) => filesBelow(join(path, name)))
}
