"""Events that show something: looked for, written as texts of the language, and run by the interpreter."""
