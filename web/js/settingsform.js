// The dialog of the hyperparameters: a field for each setting of the chosen agent, checked as it is typed. Only what
// is in range enters the page state.

import { groupsOf, labelOf, presetGroups, presetOf, presetsFor, rangeOf, read, settingsOf, shown, withSetting } from './settings.js';
import { algorithmName, plural } from './format.js';

const byID = (id) => document.getElementById(id);

/** SettingsForm fills the dialog; taskInfo() is the worker's TaskInfo of the page's task, or undefined. */
export class SettingsForm {
  #store;
  #taskInfo;
  #drawn = ''; // which task and algorithm the fields belong to

  constructor(store, taskInfo) {
    this.#store = store;
    this.#taskInfo = taskInfo;
    const dialog = byID('settings');
    byID('open-settings').addEventListener('click', () => {
      if (byID('open-settings').ariaDisabled === 'true') return;
      this.#drawn = ''; // what was typed and refused last time is gone
      dialog.showModal();
      this.show();
    });
    byID('close-settings').addEventListener('click', () => dialog.close());
    byID('reset-settings').addEventListener('click', () => {
      store.set({ preset: 'browser', settings: '' });
      this.#fill(true);
    });
    byID('preset').addEventListener('change', (event) => {
      store.set({ preset: event.target.value });
      this.#fill(true);
    });
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close()); // on the backdrop
    store.subscribe(() => this.show());
  }

  /** show writes the summary, and the fields of an open dialog. */
  show() {
    const task = this.#taskInfo();
    const settings = task && settingsOf(this.#store.state, task);
    byID('open-settings').ariaDisabled = String(!settings);
    byID('settings-summary').textContent = !settings ? '' :
      `${settings.preset.name}${settings.changed.length > 0 ? `, ${settings.changed.length} changed` : ''}: ${plural(settings.values.steps, 'step')}`;
    byID('settings-summary').dataset.changed = settings?.changed.length ?? '';
    if (settings && byID('settings').open) this.#draw(task, settings);
  }

  /** problem says what is wrong with the settings together; '' where nothing is. */
  problem(text) {
    byID('settings-problem').textContent = text;
  }

  #draw(task, settings) {
    const { algorithm } = this.#store.state;
    const key = `${task.name} ${algorithm}`;
    if (key !== this.#drawn) {
      this.#drawn = key;
      byID('settings-title').textContent = `Hyperparameters of ${algorithmName(algorithm)} on ${task.title}`;
      byID('preset').replaceChildren(...presetGroups.map(([id, title]) => {
        const group = document.createElement('optgroup');
        group.label = title;
        group.append(...presetsFor(task, algorithm).filter((preset) => preset.group === id).map((preset) => new Option(preset.name, preset.id)));
        return group;
      }).filter((group) => group.children.length > 0));
      byID('setting-groups').replaceChildren(...groupsOf(settings.values).map(([title, names]) => this.#group(task, title, names)));
      this.#fill(true);
    } else {
      this.#fill(false);
    }
  }

  #group(task, title, names) {
    const set = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = title;
    set.append(legend, ...names.map((name) => this.#row(name, task.fields[name])));
    return set;
  }

  #row(name, field) {
    const row = element('div', 'setting');
    row.id = `row-${name}`;
    const label = element('label', '', labelOf(name));
    label.htmlFor = `set-${name}`;
    label.title = name;
    const input = control(field);
    input.id = `set-${name}`;
    input.setAttribute('aria-describedby', `help-${name} problem-${name}`);
    const back = element('button', 'default');
    back.type = 'button';
    const help = element('p', 'help', field.help);
    help.id = `help-${name}`;
    const problem = element('p', 'problem');
    problem.id = `problem-${name}`;
    problem.setAttribute('role', 'alert');
    row.append(label, input, back, help, problem);
    input.addEventListener('input', () => this.#typed(name, field));
    back.addEventListener('click', () => {
      this.#set(name, settingsOf(this.#store.state, this.#taskInfo()).base[name]);
      this.#fill(true);
      input.focus();
    });
    return row;
  }

  // What is typed enters the state or is refused beside its field, with the range.
  #typed(name, field) {
    const input = byID(`set-${name}`);
    const value = read(field, input.type === 'checkbox' ? input.checked : input.value);
    if (value !== undefined) this.#set(name, value);
    refuse(name, value === undefined ? `Not taken: it must be ${rangeOf(field)}.` : '');
  }

  #set(name, value) {
    this.#store.set({ settings: withSetting(this.#store.state, this.#taskInfo(), name, value) });
  }

  // all: the fields' own texts too; otherwise what is being typed is left alone.
  #fill(all) {
    const { state } = this.#store;
    const task = this.#taskInfo();
    const { preset, base, values, changed } = settingsOf(state, task);
    byID('preset').value = presetOf(state, task).id;
    byID('preset-says').textContent = preset.says;
    for (const [name, value] of Object.entries(values)) {
      const input = byID(`set-${name}`);
      if (!input) continue;
      if (all || (document.activeElement !== input && input.getAttribute('aria-invalid') !== 'true')) {
        if (input.type === 'checkbox') input.checked = value;
        else input.value = shown(value);
        refuse(name, '');
      }
      const differs = changed.includes(name);
      const row = byID(`row-${name}`);
      row.dataset.changed = differs ? 'yes' : '';
      const back = row.querySelector('.default');
      back.hidden = !differs;
      back.textContent = `changed; back to ${shown(base[name])}`;
    }
    byID('reset-settings').ariaDisabled = String(changed.length === 0 && preset.id === 'browser');
  }
}

function control(field) {
  if (field.kind === 'enum') {
    const select = document.createElement('select');
    select.append(...field.values.map((value) => new Option(value, value)));
    return select;
  }
  const input = document.createElement('input');
  input.type = field.kind === 'bool' ? 'checkbox' : 'text';
  if (field.kind !== 'bool') {
    input.inputMode = field.kind === 'int' ? 'numeric' : 'decimal';
    input.autocomplete = 'off';
    input.spellcheck = false;
    input.title = rangeOf(field);
  }
  return input;
}

function refuse(name, text) {
  const input = byID(`set-${name}`);
  if (text === '') input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
  byID(`problem-${name}`).textContent = text;
}

function element(tag, className, text = '') {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}
