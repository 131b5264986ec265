// What scripts/test.mjs shows of a lane of tests: each file's tests when the file is done, and a failure at once, for lanes run side by side.
// Leaves the counts and the time of each file for it.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { reporters } = require('mocha');

module.exports = class Reporter extends reporters.Base {
  #lines = [];
  #file = null;
  #started = Date.now();
  #files = new Map();

  constructor(runner, options) {
    super(runner, options);
    runner.on('suite', suite => {
      if (suite.file !== undefined && suite.file !== this.#file) this.#enter(suite.file);
      if (!suite.root) this.#lines.push(`${'  '.repeat(depthOf(suite))}${suite.title}`);
    });
    runner.on('pass', test => this.#lines.push(`${'  '.repeat(depthOf(test))}✔ ${test.title}${slowness(test)}`));
    runner.on('pending', test => this.#lines.push(`${'  '.repeat(depthOf(test))}- ${test.title}`));
    runner.on('fail', test => {
      this.#lines.push(`${'  '.repeat(depthOf(test))}✘ ${test.title}`);
      process.stdout.write(`\nFAILED ${relative(process.cwd(), test.file ?? '')}\n`);
      reporters.Base.list([test]);
    });
    runner.once('end', () => {
      this.#enter(null);
      const report = process.env.PERDURA_TEST_REPORT;
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      if (report !== undefined)
        writeFileSync(report, JSON.stringify({ passes, failures, pending, files: Object.fromEntries(this.#files) }));
    });
  }

  /** A file's time is that from its first suite to the next file's, its hooks among it. */
  #enter(file) {
    const now = Date.now();
    if (this.#file !== null) {
      const name = relative(process.cwd(), this.#file);
      const ms = now - this.#started;
      this.#files.set(name, (this.#files.get(name) ?? 0) + ms);
      process.stdout.write(`\n${name} (${(ms / 1000).toFixed(1)} s)\n${this.#lines.join('\n')}\n`);
    }
    this.#lines = [];
    this.#file = file;
    this.#started = now;
  }
};

function depthOf({ parent }) {
  return parent === undefined || parent === null || parent.root ? 1 : 1 + depthOf(parent);
}

function slowness(test) {
  return test.duration > test.slow() ? ` (${test.duration} ms)` : '';
}
