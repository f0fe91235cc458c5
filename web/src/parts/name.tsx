/** A run's name whose end is always seen, since that is where runs differ. */
export function RunName({ name }: { name: string }) {
  const at = name.lastIndexOf("/", name.lastIndexOf("/") - 1) + 1;
  return (
    <span class="run-name">
      <span>{name.slice(0, at)}</span>
      <b>{name.slice(at)}</b>
    </span>
  );
}
