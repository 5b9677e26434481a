import medusa from "@medusajs/eslint-plugin"
import { oneWayImports } from "./scripts/one-way-imports.mjs"

const outer = ["src/workflows", "src/api", "src/jobs", "src/subscribers", "src/admin", "src/links"]
const runtime = ["@medusajs", "@mikro-orm", "awilix", "knex", "pg"]
const except = ["@medusajs/framework/zod"]
const tests = ["**/__tests__/**", "integration-tests/**", "scripts/**", "bench/**", "simulation/**", "*.config.js"]

/** The project's folders, each with what it must not know (ARCHITECTURE: dependencies point one way). */
const directions = [
  { from: "src/graph-api", folders: [...outer, "src/modules", "src/catalog", "src/feed"], runtime, except },
  { from: "src/feed", folders: outer, runtime, except },
  { from: "src/catalog", folders: outer, runtime, except },
  { from: "src/modules", folders: [...outer, "src/catalog", "src/feed", "src/graph-api"] },
  { from: "src/workflows", folders: ["src/api", "src/jobs", "src/subscribers", "src/admin"] },
  { from: "src", folders: ["integration-tests", "scripts", "bench", "simulation"] },
  { from: "integration-tests/graph-sandbox", folders: ["src"], runtime: ["@medusajs"] },
]

const { languageOptions } = medusa.configs.recommended.find((block) => block.languageOptions?.parser)

/** The preset leaves tests out altogether; they are kept for our own rules and left out of the preset's. */
const preset = medusa.configs.recommended
  .filter((block) => Object.keys(block).some((key) => key !== "ignores"))
  .map((block) => (block.rules ? { ...block, ignores: [...(block.ignores ?? []), ...tests] } : block))

export default [
  { ignores: [".medusa/", ".cache/", "public/", "static/", "**/migrations/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { files: ["**/*.{ts,tsx}"], languageOptions },
  ...preset,
  {
    // These know nothing of Medusa, so they throw errors of their own.
    files: ["src/graph-api/**", "src/feed/**", "src/catalog/**"],
    rules: { "@medusajs/use-medusa-error-not-generic-error": "off" },
  },
  {
    // Step and workflow ids share one registry with the host and every other plugin, so ours carry a prefix.
    files: ["src/workflows/**"],
    rules: { "@medusajs/step-id-kebab-case": "off", "@medusajs/workflow-id-matches-export-or-filename": "off" },
  },
  {
    files: ["**/*.{ts,tsx}"],
    ignores: ["**/__tests__/**"],
    plugins: { house: { rules: { "one-way-imports": oneWayImports } } },
    rules: { "house/one-way-imports": ["error", ...directions] },
  },
  {
    files: ["**/*.{ts,tsx,mjs}"],
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "no-unreachable": "error",
      "no-dupe-keys": "error",
      "no-control-regex": "error",
      "no-constant-condition": ["error", { checkLoops: false }],
      "no-empty": "error",
      "no-fallthrough": "error",
      "no-irregular-whitespace": "error",
      "no-unsafe-finally": "error",
      "require-yield": "error",
      "use-isnan": "error",
      "no-self-compare": "error",
      "no-async-promise-executor": "error",
      "no-warning-comments": ["error", { terms: ["@ts-ignore", "@ts-expect-error", "@ts-nocheck"], location: "anywhere" }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["**/__tests__/**"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", { selector: "TSAnyKeyword", message: "Name the type, or use unknown." }],
    },
  },
  {
    files: ["**/*.spec.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo)$/]", message: "No test is left out." },
        { selector: "CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]", message: "No test is left out." },
      ],
    },
  },
]
