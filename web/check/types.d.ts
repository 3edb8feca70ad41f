// Types that several modules name: the page state and what the page keeps. The bodies of messages are written from
// wasm/protocol into bodies.d.ts.

type AgentName = string;
type TaskName = string;

interface State {
  view: string;
  lesson: string; at: number; place: string; task: TaskName; algorithm: AgentName; sampler: string; manySteps: number; best: boolean; candidates: number;
  seed: number; speed: number | 'max'; playing: boolean; auto: boolean; t: number; slow: boolean; preset: string; settings: string;
  drive: string; contacts: boolean; torques: boolean; ghost: boolean; lane: string; laneSteps: number; laneBest: number; value: boolean; field: boolean; lambda: boolean; asActing: boolean; latency: number;
  particles: number; panels: string; present: string; axisX: number | 'auto'; axisY: number | 'auto'; reward: string; pays: string; ends: string; example: string; lab: string; mirror: string; embed: boolean; lang: string;
}

/** A message as it is posted. */
interface Envelope { v: number; type: number; id: number; body: string; data: (ArrayBuffer | ArrayBufferView)[]; port?: MessagePort }

/** A message as it is read. */
interface Message { type: number; id: number; body: any; data: any[] }

type Value = number | boolean | string | number[];
type Values = Record<string, Value>;

/** A setting of a training. */
interface Field { kind: string; min: number; max: number; values?: string[]; items?: number[]; help: string }

interface TaskInfo {
  name: string; title: string; solved: number;
  fields: Record<string, Field>;
  sizes: Record<AgentName, Record<string, Values>>;
}

/** A person's own body: MJCF files by name, and the one to begin with. */
interface Model { name: string; files: Record<string, string> }

interface Asset { url: string; bytes: number }

/** manifest.json of the site. */
interface Site { stage: Asset; worker: Asset; wasmExec: Asset; policies: (Asset & { task: TaskName; algorithm: AgentName; hash: string; film?: { moments: (Asset & { envSteps: number })[] } })[]; records: Asset; lessons: (Asset & { name: string })[] }

/** What a worker is booted with. */
interface Program { module: WebAssembly.Module; wasmExec: string }

interface NamedBytes { name: string; bytes: ArrayBuffer }

/** An error that carries what the other side answered, and what could be meant instead. */
interface PageError extends Error { failure?: Failure; offer?: Offer }
interface Offer { text: string; act: () => void }

/** What identifies a save and its run; saves.js says more. */
interface Meta {
  id: string; format: number; at: number; info: RunInfo; page: Partial<State>; oldest?: number; slot?: number; earlier?: Meta;
  aside?: { cause: string; damaged: boolean }; left?: number; shelved?: boolean;
}

/** A record as fpmd writes it. */
interface RunRecord {
  command: string; options: { task: TaskName; algorithm: AgentName; seed: number; steps: number; config: Values; model?: unknown }; hash: string;
  scores?: Score[]; machine?: string;
  record: { program: string; go: string; platform: string; lanes: number; envSteps: number; totalSteps: number; updates: number; seconds: number; curve: EvaluationRecord[] | null };
}
interface Score { k: number; nfe: number; bestOf: number; criticNFE: number; returns: Returns; microseconds: number }
interface Returns { episodes: number; mean: number; std: number; min: number; max: number }
interface EvaluationRecord { envSteps: number; updates: number; seconds: number; oneStep: Returns; k: number; manyStep: Returns; bestOf?: number; best?: Returns }

/** The grid of a policy (package policy/grid). */
interface Grid { task: TaskName; algorithm: AgentName; hash: string; sampler?: string; latency?: number; cells: GridCell[] }
interface GridCell { k: number; bestOf: number; nfe: number; criticNFE: number; protocol?: string; microseconds?: number; returns: number[] | null; burst?: string; mean: number; interval: { Low: number; High: number } }

interface Save { meta: Meta; state: ArrayBuffer; blocks: ArrayBuffer[]; damage?: string }

/** The state of the variance lab. */
interface LabState { target: string; variant: string; points?: number[]; c: number; k: number; s?: number; m?: number; w?: number; h?: number; d?: number; l?: number; n?: number }

interface LabRow { k: number; w2: number; std: number; energy: number; shift: number }
