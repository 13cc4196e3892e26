// Named places where a test may end the process: right after each durable point, and between the answer and W4.

export type FailpointName = 'W2' | 'W3' | 'answered' | 'W4';

/** Called at each place; does nothing outside crash tests. */
export type Failpoint = (name: FailpointName) => void;
