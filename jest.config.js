const { readFileSync } = require("node:fs")

const suites = {
  unit: ["**/src/**/__tests__/**/*.unit.spec.ts", "**/integration-tests/graph-sandbox/__tests__/**/*.spec.ts"],
  "integration:modules": ["**/src/modules/*/__tests__/**/*.spec.ts"],
  model: ["**/integration-tests/model/**/*.spec.ts"],
  "integration:http": ["**/integration-tests/http/**/*.spec.ts"],
  browser: ["**/integration-tests/browser/**/*.spec.ts"],
  cluster: ["**/integration-tests/cluster/**/*.spec.ts"],
}

const suite = process.env.TEST_TYPE ?? "unit"
if (!suites[suite]) {
  throw new Error(`TEST_TYPE must be one of ${Object.keys(suites).join(", ")}, not "${suite}"`)
}

module.exports = {
  rootDir: __dirname,
  testMatch: suites[suite],
  // A module suite is every spec below a module that is not a unit spec.
  testPathIgnorePatterns: suite === "integration:modules" ? ["\\.unit\\.spec\\.ts$", "/node_modules/"] : ["/node_modules/"],
  testEnvironment: "node",
  transform: {
    "^.+\\.[jt]sx?$": ["@swc/jest", { ...JSON.parse(readFileSync(`${__dirname}/.swcrc`, "utf-8")), swcrc: false }],
  },
  modulePathIgnorePatterns: ["<rootDir>/.medusa/", "<rootDir>/.cache/"],
  setupFiles: ["unit", "browser", "cluster"].includes(suite) ? [] : ["<rootDir>/integration-tests/setup.js"],
  testTimeout: 120_000,
}
