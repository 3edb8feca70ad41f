import catalog from '../js/catalog.js';
import { presetsFor, read, settingsOf, shown } from '../js/settings.js';
import { initial } from '../js/state.js';
import { taskOf } from '../js/tasks.js';
import { equal, holds, test } from './unit.js';

test('every task and agent has settings before any program runs, each within its range', () => {
  for (const { name: task } of catalog.tasks) {
    const info = taskOf(task);
    for (const { name: algorithm } of catalog.agents) {
      holds(info && presetsFor(info, algorithm).length > 1, `${task} ${algorithm}`);
      const settings = info && settingsOf({ ...initial(), task, algorithm }, info);
      holds(settings && Number(settings.base.steps) > 0, `${task} ${algorithm}`);
      for (const [name, value] of Object.entries(settings?.base ?? {})) {
        equal(read(/** @type {TaskInfo} */ (info).fields[name], shown(value)), value, `${task} ${algorithm} ${name}`);
      }
    }
  }
  equal(taskOf('attic'), undefined);
});

test('what a task changes of an agent’s settings comes last', () => {
  equal(taskOf('pendulum')?.sizes['fpmd-m'].browser.gamma, 0.98);
  equal(taskOf('hopper')?.sizes['fpmd-m'].browser.gamma, 0.99);
});
