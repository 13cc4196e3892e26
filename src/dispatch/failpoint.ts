// Named places where a test may end the process: around each durable point, and between the answer and W4.

export type FailpointName = 'before-W1' | 'W1' | 'W2' | 'W3' | 'answered' | 'W4';

/** Called at each place; does nothing outside crash tests. */
export type Failpoint = (name: FailpointName) => void;
