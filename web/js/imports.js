// Files that come in, by the button or dropped: policies, runs, and MJCF files of a body, which make one model. What is
// refused changes nothing and says why.

import * as files from './files.js';
import { valid } from './state.js';
import { algorithmName, plural } from './format.js';
import { ended } from './words.js';

const isModel = (name) => /\.(xml|mjcf)$/i.test(name);

/** textOf decodes a model file: UTF-8, or Latin-1 where it is not. What it says is for the stage to judge. */
const textOf = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
};

const byID = (id) => document.getElementById(id);

/** Imports takes files for the page. */
export class Imports {
  #page;

  constructor(page) {
    this.#page = page;
  }

  /** read takes a list of File. */
  async read(list) {
    const read = [];
    for (const file of list) {
      try {
        read.push({ name: file.name, bytes: await files.readFile(file) });
      } catch (error) {
        this.#refuse(file.name, error);
      }
    }
    this.all(read);
  }

  /** all takes files that came together, {name, bytes}: the MJCF files are one model. */
  all(list) {
    const models = list.filter(({ name }) => isModel(name));
    if (models.length > 0) this.#model(models);
    for (const { name, bytes } of list) if (!isModel(name)) this.#weights(name, bytes);
  }

  async #model(list) {
    try {
      const texts = Object.fromEntries(list.map(({ name, bytes }) => [name, textOf(bytes)]));
      const info = await this.#page.body.showOwn({ name: '', files: texts });
      const notes = info.notes?.length ? ` Left out: ${info.notes.join('; ')}.` : '';
      this.#page.messages.say(`“${info.title}” is on the stage: ${plural(info.actDim, 'action')}, ${plural(info.obsDim, 'observation')}.${notes}`);
    } catch (error) {
      this.#refuse(list.map(({ name }) => name).join(', '), error);
    }
  }

  async #weights(name, bytes, anyTask = false) {
    try {
      if (/\.(onnx|json|py)$/i.test(name)) throw new Error('ONNX, JSON and Python are for other programs; a policy comes back as .safetensors');
      const kind = files.kindOf(bytes);
      if (!anyTask) this.#refuseOtherTask(name, bytes);
      if (kind === 'run') await this.#run(name, bytes);
      else await this.#policy(name, bytes);
    } catch (error) {
      this.#refuse(name, error);
    }
  }

  // Throws where the file's weights are for another task than the page's, and offers that task. A file that brings its
  // own body is no such case.
  #refuseOtherTask(name, bytes) {
    const { state } = this.#page.store;
    const { 'onestep.task': task } = files.metadataOf(bytes);
    if (typeof task !== 'string' || task === state.task || task === 'custom') return;
    const error = new Error(`it is for the task ${titleOf(task)}, and the page shows ${titleOf(state.task)}`);
    if (valid('task', task)) error.offer = { text: `Show ${titleOf(task)} with it`, act: () => this.#weights(name, bytes, true) };
    throw error;
  }

  async #policy(name, bytes) {
    const { store, body, weights, policies, messages } = this.#page;
    const before = { task: store.state.task, own: body.own };
    let info;
    try {
      await body.adopt(bytes);
      info = await weights.tryFile(name, bytes);
    } catch (error) {
      if (before.task === 'custom' && body.own !== before.own) await body.showOwn(before.own);
      else store.set({ task: before.task });
      throw error;
    }
    if (info.algorithm !== store.state.algorithm) {
      store.set({ algorithm: info.algorithm });
      policies.fetch(info.algorithm);
    }
    messages.say(`“${name}” acts: ${algorithmName(info.algorithm)}, seed ${info.seed}, after ${plural(info.envSteps, 'step')}.`);
  }

  async #run(name, bytes) {
    const { store, training, runs, weights, policies, messages } = this.#page;
    if (!['idle', 'finished'].includes(training.phase)) {
      throw new Error('it is a run, and another one is in the worker; export that and press Reset first');
    }
    const info = await runs.take(bytes);
    store.set({ algorithm: info.algorithm });
    policies.fetch(info.algorithm);
    weights.show('training');
    messages.say(`“${name}” is loaded at ${plural(info.envSteps, 'step')}. Press Continue to go on.`);
  }

  #refuse(name, error) {
    const cause = error.message.replace(`${name} cannot be used: `, ''); // as the stage begins
    this.#page.messages.error(`“${name}” was not taken: ${ended(cause)} Nothing was changed.`, error.offer);
  }
}

/** titleOf names a task as a person reads it. */
const titleOf = (task) => byID('task').querySelector(`option[value="${CSS.escape(task)}"]`)?.textContent ?? task;
