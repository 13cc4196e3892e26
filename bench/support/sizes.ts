// The sizes of documents that are measured, in bytes.

export const sizes = { small: 5 * 1024, usual: 60 * 1024, large: 1024 * 1024 };

export const kilobytes = (bytes: number): string => (bytes < 2 ** 20 ? `${bytes / 1024} KB` : `${bytes / 2 ** 20} MB`);
