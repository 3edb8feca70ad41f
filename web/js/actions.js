// What the controls and the shortcuts do, beyond setting a field of the state.

/** @typedef {ReturnType<typeof actionsOf>} Actions */

/**
 * actionsOf returns the page's actions by name.
 * @param {import('./state.js').Store} store
 * @param {import('./stageview.js').StageView} view
 * @param {import('./runs.js').Runs} runs
 */
export function actionsOf(store, view, runs) {
  return {
    play: () => store.set({ playing: !store.state.playing }),
    step: () => {
      store.set({ playing: false });
      view.play({ single: 1 });
    },
    resetBody: () => view.play({ reset: true }),
    train: () => { runs.press(); },
    resetTraining: () => { runs.reset(); },
    newSeed: () => store.set({ seed: Math.floor(Math.random() * 1e6) }), // a person's choice, not the program's
    exportRun: () => { runs.export(); },
  };
}

/**
 * shortcutsOf returns what each key does.
 * @param {import('./state.js').Store} store
 * @param {import('./stageview.js').StageView} view
 * @param {Actions} actions
 * @returns {Map<string, () => void>}
 */
export function shortcutsOf(store, view, actions) {
  return new Map([
    [' ', actions.play],
    ['.', actions.step],
    ['r', actions.resetBody],
    ['1', () => store.set({ sampler: 'one' })],
    ['k', () => store.set({ sampler: 'many' })],
    ['b', () => store.set({ best: !store.state.best })],
    ['t', () => document.getElementById('train')?.click()],
    ['a', () => view.push(-1)],
    ['d', () => view.push(1)],
    ['g', () => store.set({ ghost: !store.state.ghost })],
    ['l', () => {
      const { lane, sampler, manySteps } = store.state;
      store.set(lane === 'none' ? { lane: 'same', laneSteps: sampler === 'one' ? manySteps : 1 } : { lane: 'none' });
    }],
    ['[', () => view.walk(1)],
    [']', () => view.walk(-1)],
    ['escape', () => view.walk(0)],
  ]);
}
