// Examples: links that show one thing each, good ones and instructive bad ones. Every number was seen with the link's own
// state: the page trains with the same bits as the headless program, and seed 1 gives it again.

/** @typedef {{id: string, group: string, title: string, says: string, state: Partial<State>}} Example */

/**
 * EXAMPLES: id in the URL, group, title, what is to be seen, and the state that the link holds beside the defaults.
 * @type {Readonly<Example[]>}
 */
export const EXAMPLES = Object.freeze([
  { id: 'one', group: 'good', title: 'One evaluation per action',
    says: 'A runner of FPMD-M. It returns about 7,760 an episode with one network evaluation per action and 7,770 with twenty: press “20 steps” and look for a difference.',
    state: { task: 'half_cheetah' } },
  { id: 'price', group: 'good', title: 'What 640 evaluations buy',
    says: 'The same runner with 20 steps for each of 32 candidates, as diffusion policies act. The return rises from about 7,760 to 7,960, and every action costs 640 evaluations and 64 of the critics.',
    state: { task: 'half_cheetah', sampler: 'many', best: true } },
  { id: 'learn', group: 'good', title: 'From nothing to balancing',
    says: 'Press Train. From random weights the pendulum swings up after about 2,000 steps, some five seconds of training, with one evaluation per action from the first step on.',
    state: { task: 'pendulum' } },
  { id: 'rectified', group: 'good', title: 'FPMD-R: one step against 20',
    says: 'One step of the rectified flow lands beside the purple curve of 20 steps, by 0.06 to 0.3 in four states that were measured, because the network’s field at t = 0 is not exact. Press “20 steps” and the cloud moves there. The return is −149 either way.',
    state: { task: 'pendulum', algorithm: 'fpmd-r' } },
  { id: 'taught', group: 'good', title: 'FPMD-R taught where one step looks',
    says: 'Press Train. Half of the batch lies at t = 0, the one place where a single step asks the network. The distance between one step and 20 halves, from 0.12 to 0.07 over 600 states, and both return −148.',
    state: { task: 'pendulum', algorithm: 'fpmd-r', manySteps: 20, settings: 'fractionOneStep_0.5' } },
  { id: 'slow', group: 'good', title: 'Noise becomes an action, slowly',
    says: 'The body waits while the cloud of noise travels to the actions, one action at a time. Drag the body meanwhile: the field changes with its state.',
    state: { task: 'pendulum', sampler: 'many', manySteps: 8, slow: true } },
  { id: 'denoise', group: 'bad', title: 'A diffusion policy in one step',
    says: 'Press Train. DPMD learns as fast as the flows, but it is made to be denoised in 20 steps: at the end 20 steps return −151 and one step −206, and the green line stays below the purple one.',
    state: { task: 'pendulum', algorithm: 'dpmd' } },
  { id: 'rate', group: 'bad', title: 'A learning rate ten times too large',
    says: 'Press Train. With 0.03 instead of 0.003 the critics still learn, but the policy does not: −1,193 after 6,000 steps. Then switch on Best of 32: the critics choose so well among the policy’s actions that the same weights return −145.',
    state: { task: 'pendulum', manySteps: 20, settings: 'criticLR_0.03*policyLR_0.03' } },
  { id: 'blind', group: 'bad', title: 'Constant weights: nothing is learned',
    says: 'Press Train. Every action counts alike and there is one candidate, so nothing tells a good action from a bad one: −1,419 after 6,000 steps, no better than the random weights’ −1,310.',
    state: { task: 'pendulum', preset: 'browser-constant', settings: 'actParticles_1*particles_1' } },
  { id: 'choice', group: 'bad', title: 'Best of 32 hides a bad one-step policy',
    says: 'Press Train. With constant weights only the choice among 8 candidates teaches: one step reaches −295 after 6,000 steps, where the default reaches −145. With Best of 32 the same weights return −170.',
    state: { task: 'pendulum', preset: 'browser-constant' } },
  { id: 'myopic', group: 'bad', title: 'A discount of one half',
    says: 'Press Train. With γ = 0.5 only the next steps count, and swinging away from the goal to reach it never pays: −1,438 after 6,000 steps.',
    state: { task: 'pendulum', settings: 'gamma_0.5' } },
  { id: 'quirks', group: 'bad', title: 'The update as released',
    says: 'Press Train. The authors’ weights, q − mean/std without parentheses, clip most actions to the same weight at this size: −472 after 6,000 steps with one step, −673 with 20.',
    state: { task: 'pendulum', preset: 'browser-released' } },
]);

/** GROUPS: id and heading. */
export const GROUPS = Object.freeze([['good', 'Good to see'], ['bad', 'Instructive failures']]);

/**
 * exampleOf finds an example by its id.
 * @param {string} id
 */
export const exampleOf = (id) => EXAMPLES.find((example) => example.id === id);
