// What a worker reports of its run goes into the run's record.

import { Type, floats } from './protocol.js';

const ROWS = 25; // of Metrics that are written together: five seconds

/** Recorder follows one worker. */
export class Recorder {
  /** id of the run in the worker, '' for none. */
  id = '';
  #records;
  /** @type {Float64Array[]} */
  #rows = [];

  /** @param {import('./runrecords.js').RunRecords} records */
  constructor(records) {
    this.#records = records;
  }

  /**
   * listen follows what a worker says unasked.
   * @param {import('./client.js').Client} client
   */
  listen(client) {
    client.on(Type.Metrics, ({ data }) => {
      if (!this.id) return;
      this.#rows.push(floats(data[0]).slice());
      if (this.#rows.length >= ROWS) this.flush();
    });
    client.on(Type.Recorded, ({ body }) => {
      if (!this.id) return;
      const { record, options, hash } = body;
      this.#records.patch(this.id, { record: body, envSteps: record.envSteps, hash, config: options.config });
    });
    client.on(Type.Keyframe, ({ body, data }) => this.id && this.#records.filmed(this.id, body.envSteps, data[0]));
  }

  /** flush writes the rows that wait. */
  flush() {
    const rows = this.#rows;
    this.#rows = [];
    if (!this.id || rows.length === 0) return;
    const all = new Float64Array(rows.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const row of rows) {
      all.set(row, at);
      at += row.length;
    }
    this.#records.measured(this.id, all);
  }

  /**
   * begin makes the run the one that is followed.
   * @param {string} id
   */
  begin(id) {
    this.end();
    this.id = id;
  }

  end() {
    this.flush();
    this.id = '';
  }

  /**
   * state changes the state of the run.
   * @param {import('./runrecords.js').RunState} state
   * @param {RunInfo | null} [info]
   * @param {string} [cause]
   */
  state(state, info, cause) {
    this.flush();
    if (!this.id) return;
    if (state !== 'running') this.#records.pack(this.id);
    this.#records.patch(this.id, { state, cause, ...info && { envSteps: info.envSteps, steps: info.totalSteps }, ...info?.hash && { hash: info.hash } });
  }
}
