// What each control does, said on hover and on focus. Terms and numbers bring their own explanations (index.html,
// numbers.js); here are those of buttons and fields.

import { EXPLANATIONS as OF_AGENTS } from './agents.js';
import { byID, make } from './dom.js';
import { tr } from './language.js';

/** EXPLANATIONS: id of a control -> what it does. */
export const EXPLANATIONS = Object.freeze({
  ...OF_AGENTS,
  examples: tr('A list of states worth seeing, and of failures worth understanding, each with a sentence.'),
  share: tr('A link that brings back what you see: task, agent, sampler, seed and settings. Weights that you trained are not in it; Export them.'),
  import: tr('Reads a policy or a run that was exported here, or the MJCF files of a planar body of your own. Dropping them on the page does the same.'),
  export: tr('Files of what acts now: weights for this page, a run to go on with, and ONNX, JSON and Python for other programs.'),
  task: tr('Which body is simulated. Each has a trained policy of at least one agent.'),
  speed: tr('How fast the body’s time runs against yours; “max” runs as fast as this machine can.'),
  'reset-body': tr('Ends this episode and starts the next, from another initial state.'),
  play: tr('Lets the body’s time run, or holds it. A training does not wait for it.'),
  step: tr('Holds the body’s time and takes a single action.'),
  'sampler-one': tr('The network is evaluated once: the action is the noise plus one straight step.'),
  'sampler-many': tr('The network is evaluated K times: K short steps follow the learned field.'),
  late: tr('How late actions come: the time that one evaluation of the network takes in simulated time.'),
  latency: tr('How long one evaluation of the network takes in simulated time; an action arrives that much later for each evaluation that it needs.'),
  'latency-measured': tr('Takes the time that one evaluation needs on this machine.'),
  'many-steps': tr('How many steps K the other choice takes. It is also what one step is compared with in every panel.'),
  best: tr('Draws N candidate actions and lets the critics choose. It costs N times the evaluations.'),
  candidates: tr('How many candidates N the critics choose from.'),
  'drive-policy': tr('The network moves the joints.'),
  'drive-zero': tr('Nothing moves the joints: the body as physics alone has it.'),
  'drive-noise': tr('Uniform random actions, as a training begins.'),
  'drive-hand': tr('A slider for each joint appears below.'),
  'push-left': tr('A blow to the left for one control period. A good policy catches itself.'),
  'push-right': tr('A blow to the right for one control period. A good policy catches itself.'),
  ghost: tr('Shows a second body with the same weights, start and noise under the other sampler: K steps beside one step. The moment they part is the lesson.'),
  lanes: tr('Shows a second body in a lane of its own: the same start and noise, another number of steps or another agent, and both returns. Whoever ends first waits.'),
  lane: tr('Who acts in the second lane: the same weights as in the first, or the trained policy of another agent.'),
  'lane-steps': tr('Steps from noise to action in the second lane.'),
  'lane-best': tr('Candidates in the second lane, of which the critics choose one.'),
  layers: tr('What is drawn in the panels, and how many particles.'),
  value: tr('Colours the action flow by the critics’ value of each action, against the mean of the cloud: teal is better, brown is worse.'),
  field: tr('Draws the learned velocity as arrows.'),
  lambda: tr('Draws each particle as large as its weight exp(Q/λ), by which the next policy is fitted.'),
  particles: tr('How many particles the action flow shows. More cost time, not steps of the body.'),
  figure: tr('Which panel is saved as it stands now.'),
  'figure-png': tr('The panel as a picture, two pixels to one of the screen.'),
  'figure-svg': tr('The panel as a vector figure, its text as text.'),
  'figure-csv': tr('The numbers behind the plot, with their units in the first line.'),
  'older-state': tr('Puts the body back where it was at the next older dot of the scatter.'),
  'newer-state': tr('Puts the body back where it was at the next newer dot.'),
  'release-state': tr('Lets the body go on from here.'),
  contacts: tr('Draws the forces where the body touches the ground.'),
  torques: tr('Draws what each motor does, as an arc at its joint.'),
  asActing: tr('Measures spread and error from the noise that the policy acts from. The bound holds for the noise that it was trained with, which is measured otherwise.'),
  'hand-zero': tr('Puts every slider back to no torque.'),
  'scrub-play': tr('Lets the flow’s time t run from noise to action again and again, or holds it.'),
  scrub: tr('Where on the way from noise to action the cloud is shown. It moves no body.'),
  'axis-x': tr('Which of the actions lies on the horizontal axis of the action flow; auto takes the one that spreads most.'),
  'axis-y': tr('Which of the actions lies on the vertical axis of the action flow; auto takes the next.'),
  slow: tr('The body waits while the cloud of noise travels to the actions, one action at a time.'),
  'weights-asset': tr('The policy that comes with this page; its settings, seed and hash are recorded in the source.'),
  'weights-training': tr('The newest policy of the training in this tab, a few times a second.'),
  'weights-file': tr('The policy of the file that you imported.'),
  train: tr('Teaches the chosen agent from random weights, in a worker of this tab. It can be paused and goes on where it was.'),
  'reset-training': tr('Throws the run in the worker away. The policy that acts goes with it: export it first.'),
  seeds: tr('How many seeds are trained: this one and those after it, which wait in the queue of the place Experiments.'),
  seed: tr('The number that decides everything random: initial weights, noise, episodes. The same seed and settings give the same weights, bit for bit, here and headless.'),
  'new-seed': tr('Takes another seed, by chance.'),
  'open-settings': tr('Network sizes, learning rates, weights, noise: every setting of the next training, each with its range and its meaning.'),
  'film-open': tr('Goes back to earlier moments of the training behind this policy and lets them act.'),
  'more-summary': tr('Further numbers of the training.'),
  'more-acting-summary': tr('Further numbers of what acts: the last episode, the speed of time, and frames.'),
  'judge-summary': tr('An expression of the body’s motion that is paid instead of the task’s reward, and one that ends an episode.'),
  'enlarge-body': tr('Shows this panel alone, as large as the stage. Escape, or another press, puts it back.'),
  'enlarge-flow': tr('Shows this panel alone, as large as the stage. Escape, or another press, puts it back.'),
  'enlarge-scatter': tr('Shows this panel alone, as large as the stage. Escape, or another press, puts it back.'),
  'enlarge-curve': tr('Shows this panel alone, as large as the stage. Escape, or another press, puts it back.'),
  'lab-target': tr('What the noise should become. The exact velocity field of each of these is known.'),
  'lab-descend': tr('Lets mirror descent take its steps k one after another, from the prior on.'),
  'lab-meanflow': tr('A network of the average velocity between two times, as in FPMD-M.'),
  'lab-rectified': tr('A network of the velocity at each time, as in FPMD-R.'),
  'lab-train': tr('Fits a small network to samples of the target, in a worker of this tab.'),
  'lab-play': tr('Lets t run from noise to action in both pictures.'),
  'lab-t': tr('How far on their way the particles are shown.'),
  'lab-figure': tr('Which of the four pictures is saved.'),
  'lab-png': tr('The picture, two pixels to one of the screen.'),
  'lab-svg': tr('The picture as a vector figure, its text as text.'),
  'lab-csv': tr('The numbers behind the picture.'),
  shortcuts: tr('Single keys may get in the way of other tools, a screen reader for example: here they are switched off.'),
});

/** attach makes a tip for each control and ties it to it. What a label holds is explained on the whole label. */
export function attach() {
  for (const [id, text] of Object.entries(EXPLANATIONS)) explainControl(id, text);
}

/**
 * explainControl makes the tip of one control.
 * @param {string} id
 * @param {string} text
 */
export function explainControl(id, text) {
  const tip = make('div', { id: `says-${id}`, className: 'tip', role: 'tooltip', textContent: text });
  document.body.append(tip);
  const control = byID(id);
  control.setAttribute('aria-describedby', tip.id);
  (control.closest('label') ?? control).dataset.tip = tip.id;
}
