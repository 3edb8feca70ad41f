// The numbers of wasm/protocol, for the page; a Go test compares the two files. The meaning of each
// stands there, with the diagram of who talks to whom.

export const Version = 1;

export const Type = Object.freeze({
  // page to worker
  Train: 10, Pause: 11, Continue: 12, Stop: 13, SaveRun: 14, LoadRun: 15, SetLive: 16,
  Draft: 17, SaveNow: 18, LoadState: 19, Help: 20, Assist: 21,
  // page to the lab's worker, and back
  LabExact: 25, LabTrain: 26, LabStop: 27,
  LabLaw: 95, LabStarted: 96, LabFit: 97, LabStopped: 98,
  // worker to page
  WorkerReady: 30, Started: 31, Paused: 32, Running: 33, Stopped: 34, Metrics: 35, Evaluation: 36,
  Snapshot: 37, Dots: 38, RunFile: 39, Finished: 40, WorkerError: 41,
  Drafted: 42, Autosave: 43, HelpWanted: 44, HelperDismissed: 45,
  // page to stage
  Configure: 50, LoadPolicy: 51, SetSampler: 52, SetPlay: 53, SetScrub: 54, Curve: 55, SetTask: 56, SetDrive: 57, SetView: 58, Push: 59,
  Export: 60, SelectDot: 61, ExportPanel: 62,
  // stage to page
  StageReady: 70, PolicyLoaded: 71, StageStats: 72, FileDropped: 73, StageError: 74, StateSelected: 75, KeyPressed: 76, BodyShown: 77, Exported: 78,
  ScrubMoved: 79, PanelExported: 80, LayerSwitched: 81, Described: 82, PanelAsked: 83,
});

export const Metric = Object.freeze({
  Seconds: 0, EnvSteps: 1, Updates: 2, StepsPerSecond: 3, UpdatesPerSecond: 4, Temperature: 5, CriticLoss: 6,
  PolicyLoss: 7, NoiseStd: 8, ESS: 9, QMean: 10, EpisodeReturn: 11, Variance: 12, OneStepError: 13, MeanShift: 14,
  Workers: 15,
});
export const NumMetrics = 16;

export const Eval = Object.freeze({
  EnvSteps: 0, Updates: 1, Seconds: 2, OneStepMean: 3, OneStepStd: 4, ManyMean: 5, ManyStd: 6, ManySteps: 7, Episodes: 8,
});
export const NumEvaluation = 9;

export const Dot = Object.freeze({ Variance: 0, Error: 1, Shift: 2 });
export const NumDot = 3;

export const Stat = Object.freeze({
  Frames: 0, FPS: 1, SimSeconds: 2, RealTimeFactor: 3, PolicyNFE: 4, CriticNFE: 5, ActionMicros: 6,
  ControlPeriodMicros: 7, EpisodeReturn: 8, EpisodeSteps: 9, LastReturn: 10, Episodes: 11, DrawMillis: 12,
  OneStepError: 13, Variance: 14, GhostApart: 15, GhostParted: 16, T: 17,
});
export const NumStats = 18;

export const LabLaw = Object.freeze({ Rows: 0, Target: 1, Paths: 2, Field: 3, Steps: 4, Descent: 5 });
export const NumLabLaw = 6;

export const LabRow = Object.freeze({ K: 0, W2: 1, Std: 2, Energy: 3, Shift: 4 });
export const NumLabRow = 5;

/**
 * message builds an envelope; body is any JSON value or undefined.
 * @param {number} type
 * @param {number} [id]
 * @param {unknown} [body]
 * @param {ArrayBuffer[]} [data]
 * @returns {Envelope}
 */
export function message(type, id = 0, body = undefined, data = []) {
  return { v: Version, type, id, body: body === undefined ? '' : JSON.stringify(body), data };
}

/**
 * read checks an envelope and parses its body; it throws an Error that names what is wrong.
 * @param {any} envelope
 * @returns {Message}
 */
export function read(envelope) {
  if (typeof envelope !== 'object' || envelope === null) throw new Error('a message that is no object');
  if (envelope.v !== Version) throw new Error(`a message of protocol version ${envelope.v}; this page speaks version ${Version}`);
  if (!known.has(envelope.type)) throw new Error(`a message of unknown type ${envelope.type}`);
  const body = typeof envelope.body === 'string' && envelope.body !== '' ? JSON.parse(envelope.body) : undefined;
  return { type: envelope.type, id: envelope.id | 0, body, data: Array.isArray(envelope.data) ? envelope.data : [] };
}

/** @type {Set<number>} */
const known = new Set(Object.values(Type));

/**
 * view reads data of a message as an array of numbers, whether it came as a buffer or as a view.
 * @template {Float64Array | Float32Array} T
 * @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data
 * @param {{new (buffer: ArrayBuffer, offset?: number, length?: number): T, BYTES_PER_ELEMENT: number}} kind
 * @returns {T}
 */
function view(data, kind) {
  if (data === undefined) throw new Error('a message without its numbers');
  if (data instanceof ArrayBuffer) return new kind(data);
  return new kind(data.buffer, data.byteOffset, Math.floor(data.byteLength / kind.BYTES_PER_ELEMENT));
}

/** @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data */
export const floats = (data) => view(data, Float64Array);

/** @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | undefined} data */
export const singles = (data) => view(data, Float32Array);
