/**
 * Writes to a stream until its reader closes it: a closed pipe (`| head`) must not end a run that is building.
 */
export function writerTo(stream: NodeJS.WritableStream): (text: string) => void {
  let open = true;
  stream.on('error', () => {
    open = false;
  });
  return (text) => {
    if (open && text !== '') stream.write(text);
  };
}
