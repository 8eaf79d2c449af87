/** The strings of the assistant screen; they load with it. */
import { i18next } from "../i18n";
import assistant from "./en/assistant.json";
import "./judge";

i18next.addResourceBundle("en", "translation", { assistant }, true, true);
