/** A name that may be broken behind its "/", and nowhere else. */
export function Breaking({ text }: { text: string }) {
  const [first, ...rest] = text.split("/");
  return (
    <>
      {first}
      {rest.map((part, i) => (
        <span key={i}>
          /<wbr />
          {part}
        </span>
      ))}
    </>
  );
}
