// The agents of the catalog, as the page needs them.

import catalog from './catalog.js';
import { byID, make } from './dom.js';

/** @typedef {{name: string, title: string, text: string, steps: number, single: boolean}} Agent */

const AGENTS = new Map(catalog.agents.map((agent) => [agent.name, agent]));

/**
 * agent finds one by its name; a name that the catalog lacks has none.
 * @param {string | undefined} name
 * @returns {Agent | undefined}
 */
export const agent = (name) => (name === undefined ? undefined : AGENTS.get(name));

/** EXPLANATIONS: id of an agent's control -> what the agent is. */
export const EXPLANATIONS = Object.fromEntries(catalog.agents.map(({ name, text }) => [`algorithm-${name}`, text]));

/** fillAgents makes the choice among agents. */
export function fillAgents() {
  byID('agents').append(...catalog.agents.map(({ name, title }) => {
    const label = make('label');
    label.append(make('input', { type: 'radio', name: 'algorithm', id: `algorithm-${name}`, value: name }), make('span', { textContent: title }));
    return label;
  }));
}
