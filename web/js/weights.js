// Which weights act on the stage. The page holds the bytes of three policies: the trained one that is
// shipped, the newest of the running training, and one from a file. The stage shows one of them and is given
// at most one at a time; of a training's snapshots only the newest waits.

import { Refusal } from './client.js';
import { tr } from './language.js';
import { ONNX, isGraph } from './files.js';
import { Signal } from './signal.js';
import { Type } from './protocol.js';

const SNAPSHOT_EVERY = 250; // ms between two snapshots passed on

/** @typedef {'asset' | 'training' | 'file'} Source */
/** @typedef {{source: Source, name: string, bytes: ArrayBuffer, untrained?: boolean, curve?: object[] | null}} Policy curve: of a moment of a training, all evaluations of that */
/** @typedef {Policy & {info: PolicyInfo}} Shown */

/** Weights owns policy bytes. */
export class Weights {
  /** changed: what is held or shown is another. */
  changed = new Signal();
  /** held is what can be shown. @type {Record<Source, Policy | null>} */
  held = { asset: null, training: null, file: null };
  /** shown is the policy on the stage; null before the first. @type {Shown | null} */
  shown = null;
  #stage;
  #failed;
  /** @type {Policy | null} */
  #waiting = null; // the one to be sent next
  #busy = false;
  #trying = 0; // files that are being judged
  #lastSnapshot = 0;
  #epoch = 0; // grows with clear
  /** @type {Source} */
  #wanted = 'asset'; // the source that the user chose last

  /**
   * @param {import('./stageclient.js').Stage} stage
   * @param {(policy: Policy, error: Error) => void} failed hears of a policy that the stage refused
   */
  constructor(stage, failed) {
    this.#stage = stage;
    this.#failed = failed;
    stage.ready.add(() => this.#restore());
  }

  get wanted() {
    return this.#wanted;
  }

  /** newest is what the stage shows, or the newest bytes of the same training, which may be on their way to it. */
  get newest() {
    const { shown } = this;
    const held = shown?.source === 'training' && this.held.training;
    return shown && held ? { ...shown, bytes: held.bytes } : shown;
  }

  /**
   * hold keeps bytes as the newest of their source, and shows them where that source is shown.
   * @param {Source} source
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  hold(source, name, bytes, untrained = false) {
    const policy = { source, name, bytes, untrained };
    this.held[source] = policy;
    if (this.#wanted === source) this.#send(policy);
    this.changed.send();
  }

  /**
   * drop forgets a source.
   * @param {Source} source
   */
  drop(source) {
    this.held[source] = null;
    if (this.#wanted === source) this.show('asset');
    if (!this.any) this.shown = null;
    this.changed.send();
  }

  /** clear forgets every source: they belong to another task. */
  clear() {
    this.held = { asset: null, training: null, file: null };
    this.shown = null;
    this.#waiting = null;
    this.#wanted = 'asset';
    this.#epoch++;
    this.changed.send();
  }

  /** any tells whether some policy is held. */
  get any() {
    return Object.values(this.held).some(Boolean);
  }

  /**
   * show chooses a source; where nothing is held yet it is shown when it comes.
   * @param {Source} source
   */
  show(source) {
    this.#wanted = source;
    const policy = this.held[source];
    if (policy && this.shown?.bytes !== policy.bytes) this.#send(policy);
    this.changed.send();
  }

  /**
   * tryFile has the stage judge a file; only one that it accepts is held and shown.
   * @param {string} name
   * @param {ArrayBuffer} bytes
   * @param {object[] | null} [curve]
   */
  async tryFile(name, bytes, curve) {
    /** @type {Policy} */
    const policy = { source: 'file', name, bytes, curve };
    const epoch = this.#epoch;
    this.#trying++; // what comes meanwhile would push the file off the stage again
    try {
      const info = await this.#load(policy);
      if (epoch !== this.#epoch) throw new Error(tr('another body was chosen meanwhile'));
      this.held.file = policy;
      this.#wanted = 'file';
      this.#waiting = null;
      this.shown = { ...policy, info };
      this.changed.send();
      return info;
    } finally {
      this.#trying--;
      this.#pump();
    }
  }

  // A fresh stage gets what it showed, or what it should.
  #restore() {
    const policy = this.held[this.#wanted] ?? this.shown ?? this.held.asset;
    if (policy) this.#send(policy);
  }

  /** @param {Policy} policy */
  #send(policy) {
    this.#waiting = policy;
    this.#pump();
  }

  async #pump() {
    if (this.#busy || this.#trying || !this.#waiting || !this.#stage.isReady) return;
    this.#busy = true;
    const pause = this.#waiting.source === 'training' ? this.#lastSnapshot + SNAPSHOT_EVERY - performance.now() : 0;
    if (pause > 0) await new Promise((done) => setTimeout(done, pause));
    const policy = this.#trying ? null : this.#waiting;
    if (policy) {
      this.#waiting = null;
      if (policy.source === 'training') this.#lastSnapshot = performance.now();
      const epoch = this.#epoch;
      try {
        const info = await this.#load(policy);
        if (epoch === this.#epoch) {
          this.shown = { ...policy, info };
          this.changed.send();
        }
      } catch (error) {
        if (error instanceof Refusal && epoch === this.#epoch) this.#failed(policy, error); // a reloaded stage is sent everything again
      }
    }
    this.#busy = false;
    this.#pump();
  }

  /**
   * @param {Policy} policy
   * @returns {Promise<PolicyInfo>}
   */
  async #load({ source, name, bytes, curve }) {
    const answer = await this.#stage.request(Type.LoadPolicy, { source, name, ...source === 'file' && isGraph(name) && { format: ONNX }, ...curve?.length && { curve } }, [bytes]);
    return answer.body;
  }
}
