// Real PDF documents of a wanted size for benchmarks, each with bytes of its own, made quickly.
import { randomBytes } from 'node:crypto';

/** @param size bytes, at least 1,000 */
export function pdfMaker(size: number): (number: number) => Buffer {
  const text = (number: number): string => `BT /F1 24 Tf 72 700 Td (Invoice ${String(number).padStart(8, '0')}) Tj ET`;
  const build = (padding: Buffer): Buffer => {
    const parts: Buffer[] = [];
    const offsets: number[] = [];
    let length = 0;
    const add = (part: string | Buffer): void => {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
      parts.push(bytes);
      length += bytes.length;
    };
    const object = (...body: (string | Buffer)[]): void => {
      offsets.push(length);
      add(`${offsets.length} 0 obj\n`);
      for (const part of body) add(part);
      add('\nendobj\n');
    };
    const stream = (bytes: string | Buffer): (string | Buffer)[] => [
      `<< /Length ${bytes.length} >>\nstream\n`,
      bytes,
      '\nendstream',
    ];
    add('%PDF-1.4\n');
    object('<< /Type /Catalog /Pages 2 0 R >>');
    object('<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
    object(
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    );
    object(...stream(text(0)));
    object('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
    object(...stream(padding));
    const start = length;
    add(
      `xref\n0 7\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`,
    );
    add(`trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
    return Buffer.concat(parts);
  };
  const template = build(randomBytes(size - build(Buffer.alloc(0)).length - 5));
  const place = template.indexOf(text(0));
  return (number) => {
    const copy = Buffer.from(template);
    copy.write(text(number), place, 'latin1');
    return copy;
  };
}
