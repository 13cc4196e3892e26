// The values of fields while a note is read as Markdown: each is held back, and a place that means nothing stands for it.
import type { Fields } from './fields.ts';
import { renderTemplate } from './template.ts';

export interface HeldValues {
  /** Fills in a template, with places instead of values. @throws OBX120 */
  render(template: string, fields: Fields): string;
  /** The text with its values, each as `shown` gives it. */
  putBack(text: string, shown?: (value: string) => string): string;
}

/** A character for private use (Unicode 23.5) that the text does not hold: no letter, no blank, no punctuation to Markdown. */
function freeMark(text: string): string {
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const mark = String.fromCharCode(code);
    if (!text.includes(mark)) return mark;
  }
  return '\uf8ff';
}

/** Liquid keeps one engine for each function that escapes, so there is one for all. Filling in never waits: one note at a time. */
let hold: (value: string) => string = (value) => value;
const escape = (value: string): string => hold(value);

/** @param all templates and values that are to come: none of their characters may be taken for a place */
export function holdValues(all: string): HeldValues {
  const mark = freeMark(all);
  const place = new RegExp(`${mark}(\\d+)${mark}`, 'g');
  const values: string[] = [];
  const putBack: HeldValues['putBack'] = (text, shown = (value) => value) =>
    text.replace(place, (_, at: string) => shown(values[Number(at)] ?? ''));
  return {
    putBack,
    render(template, fields) {
      hold = (value) => {
        // Nothing stays nothing: a paragraph of an empty field is none. What was captured may hold places itself.
        if (value !== '') values.push(putBack(value));
        return value === '' ? '' : `${mark}${values.length - 1}${mark}`;
      };
      return renderTemplate(template, fields, escape);
    },
  };
}
