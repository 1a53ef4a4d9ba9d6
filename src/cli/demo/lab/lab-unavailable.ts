/** Thrown where the lab cannot run: the package does not hold it, or there is no Go to build it with. The message says what to do. */
export class LabUnavailable extends Error {
  override readonly name = 'LabUnavailable';
}
