// The tasks that can be trained, with the settings that each agent begins with: those of the catalog.

import catalog from './catalog.js';

/** FIELDS are the settings of a training by name. @type {Record<string, Field>} */
const FIELDS = Object.freeze(Object.fromEntries(catalog.settings.map((field) => [field.name, field])));

/** @type {ReadonlyMap<string, TaskInfo>} */
const TASKS = new Map(catalog.tasks.map(({ name, title, solved }) => [name, { name, title, solved, fields: FIELDS, sizes: sizesOn(name) }]));

/**
 * sizesOn are the settings on a task: agent -> base of the presets -> values.
 * @param {TaskName} task
 */
function sizesOn(task) {
  /** @type {Record<AgentName, Record<string, Values>>} */
  const sizes = {};
  for (const { agent, base, values, other } of catalog.sizes) {
    (sizes[agent] ??= {})[base] = { ...values, ...other.find(({ tasks }) => tasks.includes(task))?.values };
  }
  return sizes;
}

/**
 * taskOf is what is known of the trainings of a task; undefined where there are none.
 * @param {TaskName} name
 */
export const taskOf = (name) => TASKS.get(name);
