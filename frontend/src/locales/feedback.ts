/** The strings of feedback: its screen, the redo beside the form, and the check; they load with these. */
import { i18next } from "../i18n";
import feedback from "./en/feedback.json";
import "./review";

i18next.addResourceBundle("en", "translation", { feedback }, true, true);
