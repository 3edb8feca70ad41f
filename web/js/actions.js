// What the controls and the shortcuts do, beyond setting a field of the state.

/** actionsOf returns the page's actions by name. */
export function actionsOf(page) {
  const { store, messages } = page;
  return {
    chooseVariant: (algorithm) => page.policies.choose(algorithm),
    chooseTask: (task) => page.body.choose(task),
    showWeights: (source) => page.weights.show(source),
    play: () => store.set({ playing: !store.state.playing }),
    step: () => {
      store.set({ playing: false });
      page.view.play(store.state, { single: 1 });
    },
    resetBody: () => page.view.play(store.state, { reset: true }),
    drive: () => page.view.drive(),
    push: (direction) => page.view.push(direction),
    train: () => page.runs.press(),
    resetTraining: () => page.runs.reset(),
    newSeed: () => store.set({ seed: Math.floor(Math.random() * 1e6) }), // a person's choice, not the program's
    exportRun: () => page.runs.export(),
    importFiles: (list) => page.imports.read(list),
    complain: (text) => messages.error(text),
  };
}

/** shortcutsOf returns what each key does. */
export function shortcutsOf(page, actions) {
  const { store } = page;
  return {
    ' ': actions.play,
    '.': actions.step,
    r: actions.resetBody,
    1: () => store.set({ sampler: 'one' }),
    k: () => store.set({ sampler: 'many' }),
    b: () => store.set({ best: !store.state.best }),
    t: () => document.getElementById('train').click(),
    a: () => actions.push(-1),
    d: () => actions.push(1),
    g: () => store.set({ ghost: !store.state.ghost }),
    '[': () => page.layers.walk(1),
    ']': () => page.layers.walk(-1),
    escape: () => page.layers.walk(0),
  };
}
