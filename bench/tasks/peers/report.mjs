export const report = (metric, who, value) => console.log(`${metric}\t${who}\t${value.toFixed(4)}`);
export const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
