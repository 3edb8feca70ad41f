// The second lane: the same start and noise under another sampler, perhaps by another agent, beside the body that acts.

import catalog from './catalog.js';
import { tr } from './language.js';
import { Type } from './protocol.js';
import { algorithmName, plural } from './format.js';
import { Menu } from './menus.js';
import { button, byID, choose, select, write } from './dom.js';
import { ended } from './words.js';
import * as load from './loader.js';

const FIELDS = ['lane', 'laneSteps', 'laneBest'];

/** Lanes binds the menu and tells the stage who acts in the second lane. */
export class Lanes {
  #site;
  #store;
  #stage;
  #messages;
  #shown = false; // the stage has the second lane
  #asked = 0; // counts what the stage was told, so that a policy that comes late is not shown

  /**
   * @param {Promise<Site>} site
   * @param {import('./state.js').Store} store
   * @param {import('./stageclient.js').Stage} stage
   * @param {import('./messages.js').Messages} messages
   * @param {import('./body.js').Body} body
   */
  constructor(site, store, stage, messages, body) {
    this.#site = site;
    this.#store = store;
    this.#stage = stage;
    this.#messages = messages;
    new Menu(byID('lanes-menu'), button('lanes'));
    for (const { name, title } of catalog.agents) select('lane').add(new Option(title, name));
    select('lane').addEventListener('change', () => store.set({ lane: select('lane').value }));
    select('lane-steps').addEventListener('change', () => store.set({ laneSteps: +select('lane-steps').value }));
    select('lane-best').addEventListener('change', () => store.set({ laneBest: +select('lane-best').value }));
    body.shown.add(() => {
      this.#shown = false; // another body has one lane
      this.#offer();
      this.#tell();
    });
    store.subscribe((state, changed) => {
      this.#show(state);
      if (FIELDS.some((name) => changed.has(name))) this.#tell();
    });
    this.#show(store.state);
  }

  /** @param {State} state */
  #show({ lane, laneSteps, laneBest }) {
    select('lane').value = lane;
    for (const [id, value] of /** @type {[string, number][]} */ ([['lane-steps', laneSteps], ['lane-best', laneBest]])) {
      choose(select(id), value);
      select(id).disabled = lane === 'none';
    }
    button('lanes').classList.toggle('on', lane !== 'none');
    write(byID('lanes-word'), lane === 'none' ? tr('One lane') : tr('Two lanes'));
    write(byID('lanes-says'), lane === 'none' ? tr('The body alone.')
      : tr`Beside the body, from the same start and noise: ${lane === 'same' ? tr('the same weights') : algorithmName(lane)}, ${plural(laneSteps, 'step')}${laneBest > 1 ? tr`, best of ${laneBest}` : ''}.`);
  }

  /** @param {string} agent */
  async #entry(agent) {
    const { policies } = await this.#site;
    return policies.find(({ task, algorithm }) => task === this.#store.state.task && algorithm === agent);
  }

  // Agents of which a trained policy is shipped for the task can be chosen.
  async #offer() {
    for (const option of select('lane').options) {
      if (catalog.agents.some(({ name }) => name === option.value)) option.disabled = !await this.#entry(option.value);
    }
  }

  async #tell() {
    const { task, lane, laneSteps: steps, laneBest: bestOf } = this.#store.state;
    const asked = ++this.#asked;
    if (lane === 'none') {
      if (this.#shown) this.#stage.tell(Type.SetLane, { on: false, steps: 1, bestOf: 1 });
      this.#shown = false;
      return;
    }
    const current = () => asked === this.#asked && task === this.#store.state.task; // the stage tells of another task's body later
    try {
      const data = lane === 'same' ? [] : [await this.#file(lane)];
      if (!current()) return;
      this.#stage.tell(Type.SetLane, { on: true, steps, bestOf, name: tr`the trained ${algorithmName(lane)}` }, data);
      this.#shown = true;
    } catch (error) {
      if (current()) this.#messages.error(tr`There is no second lane: ${ended(/** @type {Error} */ (error).message)}`);
    }
  }

  /**
   * @param {string} agent
   * @returns {Promise<ArrayBuffer>}
   */
  async #file(agent) {
    const entry = await this.#entry(agent);
    if (!entry) throw new Error(tr`no trained ${algorithmName(agent)} is shipped for this task`);
    return load.bytes(entry.url);
  }
}
