const { default: Sequencer } = require("@jest/test-sequencer")

/** The suites by their longest file, the longest first. */
const order = ["model", "browser", "integration:http", "integration:modules", "unit"]

/**
 * Long files come first and the many short ones fill up the end, so that no process waits long for another. Within a suite
 * the order is jest's: what failed the last time, then what took longest, or the larger files where nothing is known yet.
 */
module.exports = class LongSuitesFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => order.indexOf(context.config.displayName?.name)
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b))
  }
}
