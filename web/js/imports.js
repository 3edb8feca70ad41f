// Files that come in, by the button or dropped: policies, runs, and MJCF files of a body, which make one model. What is
// refused changes nothing and says why.

import { cause, tr } from './language.js';
import { Type } from './protocol.js';
import { valid } from './state.js';
import { algorithmName, plural } from './format.js';
import { ended, foreign, quoted } from './words.js';
import { taskTitle } from './recovery.js';
import * as files from './files.js';

/** @typedef {Pick<State, 'task' | 'pays' | 'ends' | 'reward'> & {own: Model | null}} Shown */

/**
 * @param {Shown} a
 * @param {Shown} b
 */
const same = (a, b) => a.own === b.own && a.task === b.task && a.pays === b.pays && a.ends === b.ends && a.reward === b.reward;

const MOST_TOGETHER = 4 * files.LARGEST; // bytes of files that come together

/** @param {string} name */
const isModel = (name) => /\.(xml|mjcf)$/i.test(name);

/**
 * textOf decodes a model file: UTF-8, or Latin-1 where it is not. What it says is for the stage to judge.
 * @param {ArrayBuffer} bytes
 */
function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** Imports takes files for the page. */
export class Imports {
  #store;
  #messages;
  #body;
  #weights;
  #runs;

  /**
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage tells of files that are dropped over it
   * @param {import('./messages.js').Messages} messages
   * @param {import('./body.js').Body} body
   * @param {import('./weights.js').Weights} weights
   * @param {import('./runs.js').Runs} runs
   */
  constructor(store, stage, messages, body, weights, runs) {
    this.#store = store;
    this.#messages = messages;
    this.#body = body;
    this.#weights = weights;
    this.#runs = runs;
    stage.on(Type.FileDropped, ({ body: { names }, data }) => this.#all(names.map((/** @type {string} */ name, /** @type {number} */ i) => ({ name, bytes: data[i] }))));
  }

  /** records takes the JSON files: records of runs and plans. @type {(name: string, bytes: ArrayBuffer) => void} */
  records = () => {};

  /** @param {File[]} list */
  async read(list) {
    /** @type {NamedBytes[]} */
    const read = [];
    let size = 0;
    for (const file of list) {
      try {
        if (file.size <= files.LARGEST && size + file.size > MOST_TOGETHER) throw new Error(tr`with those before it it has more than ${MOST_TOGETHER / 2 ** 20} MiB; give fewer files at once`);
        read.push({ name: file.name, bytes: await files.readFile(file) });
        size += file.size;
      } catch (error) {
        this.#refuse([file.name], /** @type {Error} */ (error));
      }
    }
    this.#all(read);
  }

  /**
   * open takes the file that the page's address names; its task is then the page's.
   * @param {string} address
   */
  async open(address) {
    try {
      const { name, bytes } = await files.fetchFile(address);
      if (isModel(name)) await this.#model([{ name, bytes }]);
      else await this.#take(name, bytes, true);
    } catch (error) {
      this.#refuse([address], /** @type {PageError} */ (error));
    }
  }

  // Of files that came together, the MJCF files are one model.
  /** @param {NamedBytes[]} list */
  #all(list) {
    const models = list.filter(({ name }) => isModel(name));
    if (models.length > 0) this.#model(models);
    for (const { name, bytes } of list) if (!isModel(name)) this.#take(name, bytes);
  }

  /** @param {NamedBytes[]} list */
  async #model(list) {
    try {
      const texts = Object.fromEntries(list.map(({ name, bytes }) => [name, textOf(bytes)]));
      const info = await this.#body.showOwn({ name: '', files: texts });
      const notes = info.notes?.length ? tr` Left out: ${info.notes.map((note) => foreign(note, 200)).join('; ')}.` : '';
      this.#messages.say(tr`${quoted(info.title)} is on the stage: ${plural(info.actDim, 'action')}, ${plural(info.obsDim, 'observation')}.${notes}`);
    } catch (error) {
      this.#refuse(list.map(({ name }) => name), /** @type {Error} */ (error));
    }
  }

  /**
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  async #take(name, bytes, anyTask = false) {
    try {
      if (/\.json$/i.test(name)) {
        this.records(name, bytes);
        return;
      }
      if (/\.py$/i.test(name)) throw new Error(tr('Python is for other programs; a policy comes back as .safetensors or .onnx'));
      if (files.isGraph(name)) {
        await this.#graph(name, bytes);
        return;
      }
      const kind = files.kindOf(bytes);
      if (!anyTask) this.#refuseOtherTask(name, bytes);
      if (kind === 'run') await this.#run(name, bytes);
      else await this.#policy(name, bytes);
    } catch (error) {
      this.#refuse([name], /** @type {PageError} */ (error));
    }
  }

  // Throws where the file's weights are for another task than the page's, and offers that task. A file that brings its
  // own body is no such case.
  /**
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  #refuseOtherTask(name, bytes) {
    const { state } = this.#store;
    const { 'onestep.task': task } = files.metadataOf(bytes);
    if (typeof task !== 'string' || task === state.task || task === 'custom') return;
    /** @type {PageError} */
    const error = new Error(tr`it is for the task ${taskTitle(task)}, and the page shows ${taskTitle(state.task)}`);
    if (valid('task', task)) error.offer = { text: tr`Show ${taskTitle(task)} with it`, act: () => { this.#take(name, bytes, true); } };
    throw error;
  }

  /**
   * adopt shows the body that a file of weights was trained on.
   * @param {ArrayBuffer} bytes
   */
  adopt(bytes) {
    return this.#body.adopt(bytes);
  }

  // What a file of weights may change of the page.
  get #shown() {
    const { task, pays, ends, reward } = this.#store.state;
    return { task, pays, ends, reward, own: this.#body.own };
  }

  /** @param {Shown} before */
  async #restore({ own, ...fields }) {
    const { task, pays, ends } = fields;
    if (task === 'custom' && own && this.#body.own !== own) await this.#body.showOwn(own, pays, ends);
    else this.#store.set(fields);
  }

  /**
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  async #policy(name, bytes) {
    const before = this.#shown;
    let info, adopted;
    try {
      await this.#body.adopt(bytes);
      adopted = this.#shown;
      info = await this.#weights.tryFile(name, bytes);
    } catch (error) {
      if (!adopted) this.#store.set({ reward: before.reward });
      else if (same(adopted, this.#shown)) await this.#restore(before); // else a newer choice stands
      throw error;
    }
    this.#store.set({ algorithm: info.algorithm });
    this.#messages.say(tr`${quoted(name)} acts: ${algorithmName(info.algorithm)}, seed ${info.seed}, after ${plural(info.envSteps, 'step')}.`);
  }

  // A policy of another program acts on the body that is shown, where its sizes fit.
  /**
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  async #graph(name, bytes) {
    const info = await this.#weights.tryFile(name, bytes);
    this.#store.set({ drive: 'policy' });
    this.#messages.say(tr`${quoted(name)} acts on ${taskTitle(info.task)}: an ONNX graph of ${plural(info.parameters, 'parameter')}. It has no flow, and no critics choose among its actions.`);
  }

  /**
   * @param {string} name
   * @param {ArrayBuffer} bytes
   */
  async #run(name, bytes) {
    if (this.#runs.training.phase === 'loading') await this.#runs.greeting;
    if (!this.#runs.training.idle) throw new Error(tr('it is a run, and another one is in the worker; export that and press Reset first'));
    const info = await this.#runs.take(bytes);
    this.#store.set({ algorithm: info.algorithm });
    this.#weights.show('training');
    this.#messages.say(tr`${quoted(name)} is loaded at ${plural(info.envSteps, 'step')}. Press Continue to go on.`);
  }

  /**
   * @param {string[]} names
   * @param {PageError} error
   */
  #refuse(names, error) {
    const begins = (/** @type {string} */ name) => cause(`${name} cannot be used: …`).slice(0, -1); // as the stage begins
    const why = names.reduce((text, name) => text.replace(begins(name), ''), error.message);
    const some = names.length > 3 ? [...names.slice(0, 3).map(quoted), tr`${names.length - 3} more`] : names.map(quoted);
    this.#messages.error(tr`${some.join(', ')} ${names.length > 1 ? tr('were') : tr('was')} not taken: ${ended(why)} Nothing was changed.`, error.offer);
  }
}
