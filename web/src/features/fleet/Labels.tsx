import classes from './Fleet.module.css';

export function Labels({ labels }: { labels: string[] }) {
  if (labels.length === 0) return <>–</>;
  return (
    <ul className={classes.labels}>
      {labels.map((label) => (
        <li key={label}>{label}</li>
      ))}
    </ul>
  );
}
