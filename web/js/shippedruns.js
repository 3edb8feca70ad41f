// The runs behind the policies that are shipped: their records, and of some a film, fetched when they are asked for.

import { runOfRecord } from './experimentdata.js';
import * as load from './loader.js';

/** @typedef {import('./runrecords.js').KeptRun} KeptRun */

/** ShippedRuns fetches each file once; one that fails is fetched again. */
export class ShippedRuns {
  #site;
  #fetch;
  /** @type {Map<string, Promise<any>>} */
  #files = new Map();

  /**
   * @param {Promise<Site>} site
   * @param {(url: string) => Promise<ArrayBuffer>} [fetch]
   */
  constructor(site, fetch = load.bytes) {
    this.#site = site;
    this.#fetch = fetch;
  }

  /**
   * @template T
   * @param {string} url
   * @param {(bytes: ArrayBuffer) => T} read
   * @returns {Promise<T>}
   */
  #file(url, read) {
    const file = this.#files.get(url) ?? this.#fetch(url).then(read);
    this.#files.set(url, file);
    file.catch(() => this.#files.delete(url));
    return file;
  }

  /**
   * all lists the runs of the shipped records.
   * @returns {Promise<KeptRun[]>}
   */
  async all() {
    const { records } = await this.#site;
    return this.#file(records.url, (bytes) => JSON.parse(new TextDecoder().decode(bytes)).map((/** @type {unknown} */ record) => runOfRecord(record, 'shipped')));
  }

  /**
   * filmed is the run behind the shipped policy of a task and agent, undefined where it has no film.
   * @param {string} task
   * @param {string} algorithm
   */
  async filmed(task, algorithm) {
    const policy = await this.#policy(task, algorithm);
    return policy?.film && (await this.all()).find(({ hash }) => hash === policy.hash);
  }

  /**
   * hasFilm tells whether filmed would find one; it fetches nothing.
   * @param {string} task
   * @param {string} algorithm
   */
  async hasFilm(task, algorithm) {
    return Boolean((await this.#policy(task, algorithm))?.film);
  }

  /**
   * acts tells whether the policy of a run is shipped: of a task and agent that of one seed is.
   * @param {KeptRun} run
   */
  async acts(run) {
    return (await this.#policy(run.task, run.algorithm))?.hash === run.hash;
  }

  /**
   * moments lists the environment steps of a run's film, none where there is no film of that run.
   * @param {KeptRun} run
   */
  async moments(run) {
    return (await this.#momentsOf(run)).map(({ envSteps }) => envSteps);
  }

  /**
   * moment resolves with the policy file of one of them, or undefined.
   * @param {KeptRun} run
   * @param {number} envSteps
   */
  async moment(run, envSteps) {
    const found = (await this.#momentsOf(run)).find((moment) => moment.envSteps === envSteps);
    return found && this.#file(found.url, (bytes) => bytes);
  }

  /** @param {KeptRun} run */
  async #momentsOf(run) {
    return await this.acts(run) ? (await this.#policy(run.task, run.algorithm))?.film?.moments ?? [] : [];
  }

  /**
   * @param {string} task
   * @param {string} algorithm
   */
  async #policy(task, algorithm) {
    return (await this.#site).policies.find((p) => p.task === task && p.algorithm === algorithm);
  }
}
