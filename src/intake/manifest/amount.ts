// Amounts of money as business systems print them, as decimal text. Never through floating point numbers.

/** ISO 4217 currencies with three decimals: there 1.234 is not a thousand and some. */
const threeDecimals = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

export const expectedAmount = 'Write 1234.56, 1,234.56 or 1.234,56; a minus sign or parentheses for credits.';

/** Digits in groups of three, or without groups; then decimals. */
const forms: { pattern: RegExp; group: string; point: string }[] = [
  { pattern: /^(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$|^\.\d+$/, group: ',', point: '.' },
  { pattern: /^(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$|^,\d+$/, group: '.', point: ',' },
  { pattern: /^\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?$/, group: "[ '’]", point: '[.,]' },
];

/**
 * `text` as a decimal with a point and without groups ("-1234.50"), or null when it is no amount or could be read in two ways ("1.234").
 * "1,234" is a thousand and some, as everywhere where amounts have two decimals. `currency` may be null.
 */
export function readAmount(text: string, currency: string | null): string | null {
  const { sign, digits } = splitSign(text);
  const three = currency !== null && threeDecimals.has(currency.toUpperCase());
  if (!three && /^[1-9]\d{0,2}\.\d{3}$/.test(digits)) return null;
  if (three && /^\d{1,3},\d{3}$/.test(digits)) return null;
  const form = forms.find(({ pattern }) => pattern.test(digits));
  if (!form) return null;
  const group = new RegExp(form.group.length === 1 ? `\\${form.group}` : form.group, 'g');
  const point = new RegExp(form.point.length === 1 ? `\\${form.point}` : form.point);
  const [whole = '', decimals] = digits.replace(group, '').split(point);
  const plain = `${whole.replace(/^0+(?=\d)/, '') || '0'}${decimals === undefined ? '' : `.${decimals}`}`;
  return /[1-9]/.test(plain) ? sign + plain : plain;
}

/** A sign stands before, behind (as SAP prints it) or as parentheses; currency signs and codes stand around. */
function splitSign(text: string): { sign: '' | '-'; digits: string } {
  const bare = text
    .replace(/[\u00a0\u2009\u202f]/g, ' ')
    .replace(/[−–]/g, '-')
    .replace(/\p{Sc}|\b[A-Z]{3}\b/gu, '')
    .trim();
  const found = /^(?:\((?<inner>[^()-]*)\)|(?<before>[-+]?)(?<middle>[^()+-]*)(?<behind>-?))$/.exec(bare)?.groups;
  if (!found) return { sign: '', digits: '' };
  if (found['inner'] !== undefined) return { sign: '-', digits: found['inner'].trim() };
  if (found['before'] && found['behind']) return { sign: '', digits: '' };
  const minus = found['before'] === '-' || found['behind'] === '-';
  return { sign: minus ? '-' : '', digits: (found['middle'] ?? '').trim() };
}

/** The exact sum of decimals as `readAmount` gives them, with as many decimals as the longest has. */
export function addAmounts(amounts: readonly string[]): string {
  const scale = Math.max(0, ...amounts.map((amount) => decimalsOf(amount)));
  const sum = amounts.reduce((total, amount) => total + scaled(amount, scale), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(scale + 1, '0');
  const point = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${sum < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${point}`;
}

/** True when both are the same amount, whatever their decimals: 12 and 12.00. */
export function sameAmount(one: string, other: string): boolean {
  const scale = Math.max(decimalsOf(one), decimalsOf(other));
  return scaled(one, scale) === scaled(other, scale);
}

const decimalsOf = (amount: string): number => amount.split('.')[1]?.length ?? 0;
const scaled = (amount: string, scale: number): bigint => {
  const [whole = '0', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.padEnd(scale, '0'));
};
