// Where Python finds its files in the memory of a page: no folder of any machine.
export const HOME = "/rulelang";
export const FILES = `${HOME}/files`; // the texts
