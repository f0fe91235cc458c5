/** A run's name whose end is always seen, since that is where runs differ: what is too long is cut at its
 * beginning. One text, so that it is copied and read out as it is. */
export const RunName = ({ name }: { name: string }) => (
  <span class="run-name">
    <bdi dir="ltr">{name}</bdi>
  </span>
);
