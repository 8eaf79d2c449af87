/** The strings of a text written with a model that are needed only once there is one; they load with it. */
import { i18next } from "../i18n";
import write from "./en/write.json";

i18next.addResourceBundle("en", "translation", { write }, true, true);
