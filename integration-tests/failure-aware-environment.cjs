const { TestEnvironment } = require("jest-environment-node")

/** Node's environment, whose hooks can see at `testHasFailed` of the global scope whether the test before them failed. */
module.exports = class FailureAwareEnvironment extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === "test_start") {
      this.global.testHasFailed = false
    } else if (name === "test_fn_failure") {
      this.global.testHasFailed = true
    }
  }
}
