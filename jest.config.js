const { readFileSync } = require("node:fs")

/** Every suite by name: where its files are and what they need. */
const suites = {
  unit: {
    testMatch: [
      "**/src/**/__tests__/**/*.unit.spec.ts",
      "**/simulation/__tests__/**/*.unit.spec.ts",
      "**/integration-tests/graph-sandbox/__tests__/**/*.spec.ts",
    ],
  },
  "integration:modules": {
    // A module suite is every spec below a module that is not a unit spec.
    testMatch: ["**/src/modules/*/__tests__/**/*.spec.ts"],
    testPathIgnorePatterns: ["\\.unit\\.spec\\.ts$"],
    setupFiles: ["<rootDir>/integration-tests/setup.js"],
  },
  model: { testMatch: ["**/integration-tests/model/**/*.spec.ts"] },
  "integration:http": {
    testMatch: ["**/integration-tests/http/**/*.spec.ts"],
    testEnvironment: "<rootDir>/integration-tests/failure-aware-environment.cjs",
    setupFiles: ["<rootDir>/integration-tests/setup.js"],
  },
  browser: { testMatch: ["**/integration-tests/browser/**/*.spec.ts"] },
  cluster: { testMatch: ["**/integration-tests/cluster/**/*.spec.ts"] },
}

/** Those of `npm test`. The cluster suite needs a Redis and has a command of its own. */
const together = ["model", "browser", "integration:http", "integration:modules", "unit"]

const suite = process.env.TEST_TYPE
if (suite && !suites[suite]) {
  throw new Error(`TEST_TYPE must be one of ${Object.keys(suites).join(", ")}, not "${suite}"`)
}

function project(name) {
  const { testPathIgnorePatterns = [], ...files } = suites[name]
  return {
    displayName: name,
    rootDir: __dirname,
    testEnvironment: "node",
    testPathIgnorePatterns: ["/node_modules/", ...testPathIgnorePatterns],
    transform: {
      "^.+\\.[jt]sx?$": ["@swc/jest", { ...JSON.parse(readFileSync(`${__dirname}/.swcrc`, "utf-8")), swcrc: false }],
    },
    modulePathIgnorePatterns: ["<rootDir>/.medusa/", "<rootDir>/.cache/"],
    ...files,
  }
}

module.exports = {
  rootDir: __dirname,
  projects: (suite ? [suite] : together).map(project),
  testSequencer: "<rootDir>/scripts/long-suites-first.cjs",
  // Above the sum of waits that may all be slow at once on a busy machine: what is waited for in vain shall say so itself.
  testTimeout: 400_000,
}
