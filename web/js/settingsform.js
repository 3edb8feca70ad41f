// The dialog of the hyperparameters: a field for each setting of the chosen agent, checked as it is typed. Only what
// is in range enters the page state.

import { tr } from './language.js';
import { groupsOf, labelOf, learnsNothing, presetGroups, presetsFor, rangeOf, read, settingsOf, shown, withSetting } from './settings.js';
import { algorithmName, plural } from './format.js';
import { taskOf } from './tasks.js';
import { button, byID, dialog, make, select, write } from './dom.js';
import { closeDialog, showDialog } from './abilities.js';

/** SettingsForm fills the dialog. */
export class SettingsForm {
  #store;
  #drawn = ''; // which task and algorithm the fields belong to

  /** @param {import('./state.js').Store} store */
  constructor(store) {
    this.#store = store;
    const sheet = dialog('settings');
    byID('open-settings').addEventListener('click', () => {
      if (byID('open-settings').ariaDisabled === 'true') return;
      this.#drawn = ''; // what was typed and refused last time is gone
      showDialog(sheet);
      this.show();
    });
    byID('close-settings').addEventListener('click', () => closeDialog(sheet));
    byID('reset-settings').addEventListener('click', () => {
      store.set({ preset: 'browser', settings: '' });
      this.#fill(true);
    });
    select('preset').addEventListener('change', () => {
      store.set({ preset: select('preset').value });
      this.#fill(true);
    });
    sheet.addEventListener('click', (event) => event.target === sheet && closeDialog(sheet)); // on the backdrop
    store.subscribe(() => this.show());
    this.show();
  }

  /** show writes the summary, and the fields of an open dialog. */
  show() {
    const task = taskOf(this.#store.state.task);
    const settings = task && settingsOf(this.#store.state, task);
    button('open-settings').ariaDisabled = String(!settings);
    write(byID('settings-summary'), !settings ? '' :
      `${settings.preset.name}${settings.changed.length > 0 ? tr`, ${settings.changed.length} changed` : ''}: ${plural(Number(settings.values.steps), 'step')}`);
    byID('settings-summary').dataset.changed = String(settings?.changed.length ?? '');
    if (task && settings && dialog('settings').open) this.#draw(task, settings);
  }

  /**
   * problem says what is wrong with the settings together; '' where nothing is.
   * @param {string} text
   */
  problem(text) {
    write(byID('settings-problem'), text);
  }

  /**
   * @param {TaskInfo} task
   * @param {Settings} settings
   */
  #draw(task, settings) {
    const { algorithm } = this.#store.state;
    const key = `${task.name} ${algorithm}`;
    if (key !== this.#drawn) {
      this.#drawn = key;
      byID('settings-title').textContent = tr`Hyperparameters of ${algorithmName(algorithm)} on ${task.title}`;
      byID('preset').replaceChildren(...presetGroups.map((title) => {
        return make('optgroup', { label: title }, ...presetsFor(task, algorithm).filter((preset) => preset.group === title).map((preset) => new Option(preset.name, preset.id)));
      }).filter((group) => group.children.length > 0));
      byID('setting-groups').replaceChildren(...groupsOf(settings.values).map(([title, names]) => this.#group(task, title, names)));
      this.#fill(true);
    } else {
      this.#fill(false);
    }
  }

  /**
   * @param {TaskInfo} task
   * @param {string} title
   * @param {string[]} names
   */
  #group(task, title, names) {
    return make('fieldset', {}, make('legend', {}, title), ...names.map((name) => this.#row(name, task.fields[name])));
  }

  /**
   * @param {string} name
   * @param {Field} field
   */
  #row(name, field) {
    const entry = control(field);
    entry.id = `set-${name}`;
    entry.setAttribute('aria-describedby', `help-${name} problem-${name}`);
    const back = make('button', { type: 'button', className: 'default' });
    entry.addEventListener('input', () => this.#typed(name, field));
    back.addEventListener('click', () => {
      const { settings } = this.#settings();
      if (settings) this.#set(name, settings.base[name]);
      this.#fill(true);
      entry.focus();
    });
    return make('div', { id: `row-${name}`, className: 'setting' }, make('label', { htmlFor: `set-${name}`, title: name }, labelOf(name)), entry, back,
      make('p', { id: `help-${name}`, className: 'help' }, field.help), make('p', { id: `problem-${name}`, className: 'problem', role: 'alert' }));
  }

  // What is typed enters the state or is refused beside its field, with the range.
  /**
   * @param {string} name
   * @param {Field} field
   */
  #typed(name, field) {
    const entry = entryOf(name);
    const value = read(field, entry.type === 'checkbox' ? /** @type {HTMLInputElement} */ (entry).checked : entry.value);
    if (value !== undefined) this.#set(name, value);
    if (value === undefined) return refuse(name, tr`Not used: it must be ${rangeOf(field)}.`);
    const { settings } = this.#settings();
    const length = ['steps', 'warmUp', 'updatesPerStep'];
    if (!settings || !length.includes(name)) return refuse(name, '');
    for (const each of length) if (document.getElementById(`set-${each}`)) refuse(each, each === name ? learnsNothing(settings.values) : '');
  }

  #settings() {
    const task = taskOf(this.#store.state.task);
    return { task, settings: task && settingsOf(this.#store.state, task) };
  }

  /**
   * @param {string} name
   * @param {Value} value
   */
  #set(name, value) {
    const { task } = this.#settings();
    if (task) this.#store.set({ settings: withSetting(this.#store.state, task, name, value) });
  }

  // all: the fields' own texts too; otherwise what is being typed is left alone.
  /** @param {boolean} all */
  #fill(all) {
    const { settings } = this.#settings();
    if (!settings) return;
    const { preset, base, values, changed } = settings;
    select('preset').value = preset.id;
    write(byID('preset-says'), preset.text);
    for (const [name, value] of Object.entries(values)) {
      if (!document.getElementById(`set-${name}`)) continue;
      const entry = entryOf(name);
      if (all || (document.activeElement !== entry && entry.getAttribute('aria-invalid') !== 'true')) {
        if (entry.type === 'checkbox') /** @type {HTMLInputElement} */ (entry).checked = Boolean(value);
        else entry.value = shown(value);
        refuse(name, '');
      }
      const differs = changed.includes(name);
      const row = byID(`row-${name}`);
      row.dataset.changed = differs ? 'yes' : '';
      const back = /** @type {HTMLElement} */ (row.querySelector('.default'));
      back.hidden = !differs;
      back.textContent = tr`changed; back to ${shown(base[name])}`;
    }
    button('reset-settings').ariaDisabled = String(changed.length === 0 && preset.id === 'browser');
  }
}

/** @typedef {NonNullable<ReturnType<typeof settingsOf>>} Settings */

/**
 * entryOf is the control of a setting.
 * @param {string} name
 */
const entryOf = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (byID(`set-${name}`));

/** @param {Field} field */
function control(field) {
  if (field.kind === 'enum') return make('select', {}, ...(field.values ?? []).map((value) => new Option(value, value)));
  if (field.kind === 'bool') return make('input', { type: 'checkbox' });
  return make('input', { type: 'text', inputMode: field.kind === 'int' ? 'numeric' : 'decimal', autocomplete: 'off', spellcheck: false, title: rangeOf(field) });
}

/**
 * @param {string} name
 * @param {string} text what is wrong, or ''
 */
function refuse(name, text) {
  if (text === '') entryOf(name).removeAttribute('aria-invalid');
  else entryOf(name).setAttribute('aria-invalid', 'true');
  write(byID(`problem-${name}`), text);
}
