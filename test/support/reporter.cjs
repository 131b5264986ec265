// Mocha's spec reporter, which also leaves the counts for scripts/test.mjs.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class Reporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const file = process.env.PERDURA_TEST_REPORT;
    if (file !== undefined) {
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    }
  }
};
